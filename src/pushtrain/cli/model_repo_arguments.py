"""The model repos a command works on: DIRs as given, or with --changed-since those below them that changed."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from pushtrain.cli import completion
from pushtrain.cli.output import print_json

CHANGED = "Look below each DIR for model repos; take those that changed since this git revision. '' takes them all."


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """Folders of model repos; `one` when a single DIR was asked for, so that the answer is about one."""

    folders: tuple[Path, ...]
    one: bool

    def print_json(self, name: str, documents: Sequence[Mapping[str, Any]]) -> None:
        """One document of each folder, in their order: the document itself for one, else `{name: [...]}`."""
        if self.one:
            print_json(documents[0])
            return
        pairs = zip(self.folders, documents, strict=True)
        print_json({name: [{"folder": str(folder), **document} for folder, document in pairs]})


def choosing(command: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command DIR... and --changed-since; it receives `chosen`."""

    @click.argument(
        "folders",
        metavar="DIR...",
        nargs=-1,
        required=True,
        type=click.Path(path_type=Path),
        shell_complete=completion.complete_folders,
    )
    @click.option("--changed-since", "since", metavar="REV", help=CHANGED)
    @functools.wraps(command)
    def with_chosen(folders: tuple[Path, ...], since: str | None, **others: Any) -> Any:
        return command(chosen=choose(folders, since), **others)

    return with_chosen


def choose(folders: tuple[Path, ...], since: str | None) -> Chosen:
    """Says on stderr when nothing changed. Raises UsageError when git cannot tell."""
    if since is None:
        return Chosen(folders=tuple(dict.fromkeys(folders)), one=len(folders) == 1)
    from pushtrain.model_repo.changed import find_changed_repos

    changed = find_changed_repos(folders, since)
    if not changed:
        where = " ".join(str(folder) for folder in folders)
        click.echo(f"no model repo in {where}" + (f" has changed since {since}" if since else ""), err=True)
    return Chosen(folders=changed, one=False)
