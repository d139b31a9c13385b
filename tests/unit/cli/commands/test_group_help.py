"""The help of each group shows whole summaries at 80 columns. Click cuts a long summary and ends it in `...`."""

from __future__ import annotations

from collections.abc import Callable

import click
import pytest

from pushtrain.cli import COMMANDS, program

Types = Callable[..., tuple[int, str, str]]


def find_groups() -> list[str]:
    context = click.Context(program)
    return [word for word in COMMANDS if isinstance(program.get_command(context, word), click.Group)]


def test_there_are_groups() -> None:
    assert {"models", "runs", "prices", "push-failures"} <= set(find_groups())


@pytest.mark.parametrize("words", [(), *((word,) for word in find_groups())])
def test_every_summary_is_whole_at_80_columns(
    words: tuple[str, ...], typed: Types, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    code, out, _ = typed(*words, "--help")
    summaries = out.partition("Commands:\n")[2]
    assert code == 0
    assert summaries
    assert "..." not in summaries
    assert summaries.rstrip().endswith(".")


@pytest.mark.parametrize("word", find_groups())
def test_every_command_of_a_group_is_listed_by_its_word(word: str) -> None:
    group = program.get_command(click.Context(program), word)
    assert isinstance(group, click.Group)
    assert {name: command.name for name, command in group.commands.items()} == {name: name for name in group.commands}
