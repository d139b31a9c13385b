"""`init`: a new model repo, and what it asks for on a terminal."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from pushtrain import starters
from pushtrain.cli import program, run_command


def types(*arguments: object) -> int:
    return run_command(lambda: program.main([str(word) for word in arguments], standalone_mode=False))


@pytest.mark.parametrize("starter", starters.STARTERS)
def test_a_new_model_repo_is_valid_and_has_its_name(
    starter: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert types("init", tmp_path / "churn", "--starter", starter) == 0
    assert "run" in capsys.readouterr().out
    assert types("validate", tmp_path / "churn", "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert document == {"valid": True, "problems": [], "warnings": [], "remarks": []}
    assert yaml.safe_load((tmp_path / "churn" / "config.yaml").read_text("utf-8"))["model"] == "churn"


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("고객이탈", "'gogaegital'"),
        ("고객 churn", "'gogaeg-churn'"),
        ("café_menü", "'cafe-menu'"),
        ("Größe 2", "'Grosse-2'"),
        ("ｃｈｕｒｎ", "'churn'"),
        ("客户流失", "a name such as 'churn-2'"),
        ("--", "a name such as 'churn-2'"),
    ],
)
def test_an_invalid_name_gets_a_suggestion(
    name: str, advice: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert types("init", "--starter", "sklearn", "--", tmp_path / name) == 1
    assert capsys.readouterr().err == (
        f"'{name}' is not a model name. Use Latin letters, digits and inner hyphens, at most 63. Try {advice}\n"
    )


def test_the_current_folder_is_filled_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "churn").mkdir()
    monkeypatch.chdir(tmp_path / "churn")
    assert types("init", ".", "--starter", "sklearn") == 0
    assert types("validate", ".") == 0
    assert "churn is valid" in capsys.readouterr().out
    assert [path.name for path in tmp_path.iterdir()] == ["churn"]


@pytest.mark.parametrize("arguments", [("init",), ("init", "churn")])
def test_without_a_terminal_nothing_is_asked(
    arguments: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert types(*arguments) == 2
    assert "--starter sklearn|xgboost|pytorch|huggingface" in capsys.readouterr().err
    assert not any(tmp_path.iterdir())


def test_json_is_one_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert types("init", tmp_path / "churn", "--starter", "sklearn", "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["model"], document["starter"]) == ("churn", "sklearn")
    assert "train.py" in document["files"]


def test_on_a_terminal_it_asks_for_missing_arguments(tmp_path: Path) -> None:
    controller, terminal = pty.openpty()
    command = [sys.executable, "-m", "pushtrain", "init"]
    with subprocess.Popen(command, cwd=tmp_path, stdin=terminal, stdout=terminal, stderr=terminal) as process:
        os.close(terminal)
        os.write(controller, "모형\nchurn\nxgboost\n".encode())
        assert process.wait(timeout=30) == 0
    output = os.read(controller, 100_000).decode()
    os.close(controller)
    assert "is not a model name" in output
    assert (tmp_path / "churn" / "data" / "houses.csv").exists()
