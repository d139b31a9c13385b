"""Command lines that make no sense: what was typed, and the whole of what is said of it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from pushtrain.cli import program, run_command
from pushtrain.platform import PLATFORM_VARIABLE, Platform

CONFIG = "model: churn\ntrain: {framework: sklearn 1.2-1}\n"


@pytest.mark.parametrize(
    ("typed", "code", "said"),
    [
        ("init", 2, "which name? Write pushtrain init NAME --starter sklearn|xgboost|pytorch|huggingface"),
        ("init churn", 2, "which starter? Add --starter sklearn|xgboost|pytorch|huggingface"),
        ("validate one --watch --json", 2, "--watch never ends, and --json is exactly one document: leave one out"),
        ("push one two", 1, "2 of these folders are model 'churn': a model has one model repo"),
        ("graph one -o none/churn.svg", 2, "none/churn.svg cannot be written: No such file or directory"),
        (
            "push one --timeout soon",
            2,
            "Error: Invalid value for '--timeout': 'soon' is not a duration. Write 90s, 30m, 2h, 1h 30m or 3d",
        ),
    ],
)
def test_what_makes_no_sense(
    typed: str,
    code: int,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "argv", ["pushtrain"])
    monkeypatch.setenv(PLATFORM_VARIABLE, Platform.local().to_json())
    monkeypatch.chdir(tmp_path)
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "config.yaml").write_text(CONFIG)
        (tmp_path / name / "train.py").touch()
    assert run_command(lambda: program.main(typed.split(), standalone_mode=False)) == code
    assert capsys.readouterr().err.splitlines()[-1] == said


def test_following_is_no_document(capsys: pytest.CaptureFixture[str]) -> None:
    typed = ["runs", "logs", "r1", "--follow", "--json"]
    assert run_command(lambda: program.main(typed, standalone_mode=False)) == 2
    assert (
        capsys.readouterr().err.splitlines()[-1]
        == "Error: --follow prints lines as they come, and --json is one document: leave one out"
    )
