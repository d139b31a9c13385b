"""New model repos: what is copied, how it is named, and what is refused."""

from __future__ import annotations

import importlib.util
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

ROOT = Path(__file__).parents[2]


def types(*words: object) -> int:
    return outcome(lambda: program.main([str(word) for word in words], standalone_mode=False))


@pytest.mark.parametrize("starter", starters.STARTERS)
def test_a_new_model_repo_is_valid_and_bears_its_name(
    starter: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert types("init", tmp_path / "churn", "--starter", starter) == 0
    assert "run" in capsys.readouterr().out
    assert types("validate", tmp_path / "churn", "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert document == {"valid": True, "problems": [], "warnings": []}
    assert yaml.safe_load((tmp_path / "churn" / "config.yaml").read_text("utf-8"))["model"] == "churn"


@pytest.mark.parametrize("starter", starters.STARTERS)
def test_the_first_plan_of_a_starter_is_not_that_of_a_day(starter: str, tmp_path: Path) -> None:
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
def test_a_name_that_is_no_models_makes_nothing(name: str, tmp_path: Path) -> None:
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
def test_a_name_that_is_no_models_is_answered_with_one_that_is(
    name: str, advice: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert types("init", "--starter", "sklearn", "--", tmp_path / name) == 1
    assert capsys.readouterr().err == (
        f"'{name}' is not a model name. Use Latin letters, digits and inner hyphens, at most 63. Try {advice}\n"
    )


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "churn").mkdir()
    (tmp_path / "churn" / "mine.txt").write_text("mine")
    with pytest.raises(StarterError) as told:
        starters.create_model_repo(tmp_path / "churn", "sklearn")
    assert str(told.value) == f"{tmp_path}/churn: this folder is not empty. Choose another name, or empty it"
    assert [path.name for path in tmp_path.rglob("*")] == ["churn", "mine.txt"]


def test_a_new_folder_can_be_read_by_others_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    starters.create_model_repo(tmp_path / "churn", "sklearn")
    assert (tmp_path / "churn").stat().st_mode & 0o777 == 0o755
    assert [path.name for path in tmp_path.iterdir()] == ["churn"]


def test_the_folder_one_is_in_is_filled_and_stays_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "churn").mkdir()
    monkeypatch.chdir(tmp_path / "churn")
    assert types("init", ".", "--starter", "sklearn") == 0
    assert types("validate", ".") == 0
    assert "churn is valid" in capsys.readouterr().out
    assert [path.name for path in tmp_path.iterdir()] == ["churn"]


@pytest.mark.parametrize("there", [False, True], ids=["new", "empty"])
def test_of_two_that_make_one_folder_the_later_is_refused(
    there: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, copy = tmp_path / "churn", starters._copy
    if there:
        target.mkdir()

    def overtaken(starter: str, made: Path) -> None:
        copy(starter, made)
        monkeypatch.setattr(starters, "_copy", copy)
        starters.create_model_repo(target, "pytorch")

    monkeypatch.setattr(starters, "_copy", overtaken)
    with pytest.raises(StarterError) as told:
        starters.create_model_repo(target, "sklearn")
    assert str(told.value) == f"{tmp_path}/churn: this folder is not empty. Choose another name, or empty it"
    for path in (ROOT / "src" / "pushtrain" / "starters" / "pytorch").glob("*.py"):
        assert (target / path.name).read_bytes() == path.read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["churn"]


def test_a_file_of_that_name_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "churn").write_text("mine")
    with pytest.raises(StarterError) as told:
        starters.create_model_repo(tmp_path / "churn", "sklearn")
    assert str(told.value) == f"{tmp_path}/churn: a file with this name exists. Choose another name"


def test_a_folder_that_cannot_be_written_is_a_line_not_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StarterError) as told:
        starters.create_model_repo(tmp_path / "file" / "churn", "sklearn")
    assert str(told.value) == f"{tmp_path}/file/churn: cannot be created: File exists"


@pytest.mark.parametrize("words", [("init",), ("init", "churn")])
def test_without_a_terminal_nothing_is_asked(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert types(*words) == 2
    assert "--starter sklearn|xgboost|pytorch|huggingface" in capsys.readouterr().err
    assert not any(tmp_path.iterdir())


def test_json_is_one_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert types("init", tmp_path / "churn", "--starter", "sklearn", "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["model"], document["starter"]) == ("churn", "sklearn")
    assert "train.py" in document["files"]


def test_on_a_terminal_it_asks_for_what_was_not_said(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "pushtrain", "init"]
    with subprocess.Popen(command, cwd=tmp_path, stdin=theirs, stdout=theirs, stderr=theirs) as asked:
        os.close(theirs)
        os.write(ours, "모형\nchurn\nxgboost\n".encode())
        assert asked.wait(timeout=30) == 0
    said = os.read(ours, 100_000).decode()
    os.close(ours)
    assert "is not a model name" in said
    assert (tmp_path / "churn" / "data" / "houses.csv").exists()


def test_the_data_are_what_the_script_makes_up(tmp_path: Path) -> None:
    place = ROOT / "scripts" / "generate_starter_data.py"
    spec = importlib.util.spec_from_file_location("generate_starter_data", place)
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    script.write(tmp_path)
    for name in script.DATA:
        assert (tmp_path / name).read_bytes() == (script.STARTERS / name).read_bytes()
