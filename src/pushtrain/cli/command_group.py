"""A group of commands that imports a command when it is called: the others would only make it slower."""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from importlib import import_module
from typing import Any

import click


class CommandGroup(click.Group):
    """The commands of a package: each word is the name of a module, which defines `command`."""

    def __init__(self, *args: Any, package: str, words: Sequence[str], **options: Any) -> None:
        self._package, self._words = package, words
        super().__init__(*args, **options)

    @property
    def commands(self) -> MutableMapping[str, click.Command]:
        """All commands by word. Imports them."""
        return {word: self._import(word) for word in self._words}

    @commands.setter
    def commands(self, _: MutableMapping[str, click.Command]) -> None:
        """Do nothing: click gives an empty mapping."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the words in the order of the help."""
        return sorted(self._words)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Return the command for a word, or None if there is none."""
        return self._import(cmd_name) if cmd_name in self._words else None

    def _import(self, word: str) -> click.Command:
        command: click.Command = import_module(f"{self._package}.{word.replace('-', '_')}").command
        return command
