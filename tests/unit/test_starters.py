"""New model repos from starters: their files, their names, and what is refused."""

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
from pushtrain.cli import outcome, program
from pushtrain.config import load_config
from pushtrain.config.schema import build_json_schema
from pushtrain.errors import StarterError
from scripts import generate_starter_data

ROOT = Path(__file__).parents[2]


def types(*arguments: object) -> int:
    return outcome(lambda: program.main([str(word) for word in arguments], standalone_mode=False))


@pytest.mark.parametrize("starter", starters.STARTERS)
def test_a_new_model_repo_is_valid_and_has_its_name(
    starter: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert types("init", tmp_path / "churn", "--starter", starter) == 0
    assert "run" in capsys.readouterr().out
    assert types("validate", tmp_path / "churn", "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert document == {"valid": True, "problems": [], "warnings": []}
    assert yaml.safe_load((tmp_path / "churn" / "config.yaml").read_text("utf-8"))["model"] == "churn"


@pytest.mark.parametrize("starter", starters.STARTERS)
def test_a_starter_limits_its_training_to_an_hour(starter: str, tmp_path: Path) -> None:
    starters.create_model_repo(tmp_path / "churn", starter)
    assert load_config((tmp_path / "churn" / "config.yaml").read_bytes()).config.train.max_runtime <= 3600


def test_an_editor_finds_the_schema_beside_config_yaml(tmp_path: Path) -> None:
    starters.create_model_repo(tmp_path / "churn", "sklearn")
    first = (tmp_path / "churn" / "config.yaml").read_text("utf-8").splitlines()[0]
    name = first.removeprefix("# yaml-language-server: $schema=")
    assert json.loads((tmp_path / "churn" / name).read_text("utf-8")) == build_json_schema()


def test_neither_the_schema_nor_caches_are_pushed(tmp_path: Path) -> None:
    from pushtrain.model_repo.folder import list_files

    starters.create_model_repo(tmp_path / "churn", "pytorch")
    assert list_files(tmp_path / "churn").paths == (
        "config.yaml",
        "data/signals.csv",
        "evaluation.py",
        "inference.py",
        "network.py",
        "preprocessing.py",
        "requirements.txt",
        "train.py",
    )


@pytest.mark.parametrize("name", ["2026", "no", "0x1f", "1e5", "true"])
def test_a_name_that_yaml_would_not_read_as_text_is_quoted(name: str, tmp_path: Path) -> None:
    starters.create_model_repo(tmp_path / name, "sklearn")
    assert types("validate", tmp_path / name) == 0


@pytest.mark.parametrize("name", ["my model", "모형", "-x", "a_b", "a" * 64, "x-", "a\nb"])
def test_with_an_invalid_name_nothing_is_created(name: str, tmp_path: Path) -> None:
    with pytest.raises(StarterError, match="is not a model name"):
        starters.create_model_repo(tmp_path / name, "sklearn")
    assert not any(tmp_path.iterdir())


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


def test_a_folder_that_is_not_empty_is_not_changed(tmp_path: Path) -> None:
    (tmp_path / "churn").mkdir()
    (tmp_path / "churn" / "mine.txt").write_text("mine")
    with pytest.raises(StarterError) as error:
        starters.create_model_repo(tmp_path / "churn", "sklearn")
    assert str(error.value) == f"{tmp_path}/churn: this folder is not empty. Choose another name, or empty it"
    assert [path.name for path in tmp_path.rglob("*")] == ["churn", "mine.txt"]


def test_a_new_folder_is_readable_by_others_and_no_other_folder_remains(tmp_path: Path) -> None:
    starters.create_model_repo(tmp_path / "churn", "sklearn")
    assert (tmp_path / "churn").stat().st_mode & 0o777 == 0o755
    assert [path.name for path in tmp_path.iterdir()] == ["churn"]


def test_the_current_folder_is_filled_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "churn").mkdir()
    monkeypatch.chdir(tmp_path / "churn")
    assert types("init", ".", "--starter", "sklearn") == 0
    assert types("validate", ".") == 0
    assert "churn is valid" in capsys.readouterr().out
    assert [path.name for path in tmp_path.iterdir()] == ["churn"]


@pytest.mark.parametrize("target_exists", [False, True], ids=["new", "empty"])
def test_the_second_process_that_creates_a_folder_is_refused(
    target_exists: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, copy = tmp_path / "churn", starters._copy
    if target_exists:
        target.mkdir()

    def fill_first(starter: str, folder: Path) -> None:
        copy(starter, folder)
        monkeypatch.setattr(starters, "_copy", copy)
        starters.create_model_repo(target, "pytorch")

    monkeypatch.setattr(starters, "_copy", fill_first)
    with pytest.raises(StarterError) as error:
        starters.create_model_repo(target, "sklearn")
    assert str(error.value) == f"{tmp_path}/churn: this folder is not empty. Choose another name, or empty it"
    for path in (ROOT / "src" / "pushtrain" / "starters" / "pytorch").glob("*.py"):
        assert (target / path.name).read_bytes() == path.read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["churn"]


def test_a_file_with_this_name_is_not_changed(tmp_path: Path) -> None:
    (tmp_path / "churn").write_text("mine")
    with pytest.raises(StarterError) as error:
        starters.create_model_repo(tmp_path / "churn", "sklearn")
    assert str(error.value) == f"{tmp_path}/churn: a file with this name exists. Choose another name"


def test_a_folder_that_cannot_be_written_is_a_line_not_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StarterError) as error:
        starters.create_model_repo(tmp_path / "file" / "churn", "sklearn")
    assert str(error.value) == f"{tmp_path}/file/churn: cannot be created: File exists"


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


def test_the_script_generates_the_same_data(tmp_path: Path) -> None:
    generate_starter_data.write_data(tmp_path)
    for name in generate_starter_data.DATA:
        assert (tmp_path / name).read_bytes() == (generate_starter_data.STARTERS / name).read_bytes()
