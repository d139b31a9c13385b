"""All text of the commands goes through `echo`, which writes out what a terminal would obey."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

import pushtrain.cli
from pushtrain.cli import run_command
from pushtrain.cli.output import print_json
from pushtrain.cli.terminal.echo import echo, secho
from pushtrain.cli.terminal.tables import print_metrics
from pushtrain.errors import PushtrainError

ATTACK = "auc\x1b[1A\x1b[2Kapproved\u202e"
WRITTEN_OUT = "auc\\x1b[1A\\x1b[2Kapproved\\u202e"


def test_texts_of_others_do_not_repaint_the_screen(capsys: pytest.CaptureFixture[str]) -> None:
    echo(ATTACK, color=True)
    secho(ATTACK, bold=True)
    print_metrics({ATTACK: 1.0})
    lines = capsys.readouterr().out.splitlines()
    assert lines == [WRITTEN_OUT, WRITTEN_OUT, f"    {WRITTEN_OUT}  1"]


def test_a_colour_in_a_styled_text_is_written_out(capsys: pytest.CaptureFixture[str]) -> None:
    secho("a\x1b[32mb", bold=True)
    assert capsys.readouterr().out == "a\\x1b[32mb\n"


@pytest.mark.parametrize("error", [PushtrainError(ATTACK), click.UsageError(ATTACK), RuntimeError(ATTACK)])
def test_errors_do_not_repaint_the_screen(error: Exception, capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        raise error

    run_command(fail)
    text = capsys.readouterr().err
    assert WRITTEN_OUT in text
    assert "\x1b" not in text


def test_json_is_not_obeyed_either(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({ATTACK: 1})
    assert capsys.readouterr().out == '{\n  "auc\\u001b[1A\\u001b[2Kapproved\\u202e": 1\n}\n'


def test_no_other_module_prints() -> None:
    root = Path(pushtrain.cli.__file__).parent
    printing = [
        path.relative_to(root).as_posix()
        for path in root.rglob("*.py")
        if re.search(
            r"click\.(s?echo|echo_via_pager)\b|(?<!\w)print\(|import (s?echo)\b.*click|print_exception",
            path.read_text(),
        )
    ]
    assert printing == ["terminal/echo.py"]
