"""New model repos from starters: their files, their names, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pushtrain import starters
from pushtrain.cli import program, run_command
from pushtrain.config import load_config
from pushtrain.config.schema import build_json_schema
from pushtrain.errors import StarterError
from scripts import generate_starter_data

ROOT = Path(__file__).parents[2]


def types(*arguments: object) -> int:
    return run_command(lambda: program.main([str(word) for word in arguments], standalone_mode=False))


@pytest.mark.parametrize("starter", starters.STARTERS)
def test_a_starter_limits_its_training_to_an_hour(starter: str, tmp_path: Path) -> None:
    starters.create_model_repo(tmp_path / "churn", starter)
    config = load_config((tmp_path / "churn" / "config.yaml").read_bytes()).config
    assert config.steps["train"].max_runtime <= 3600


def test_the_candidates_of_the_sklearn_starter_need_no_change_but_their_marks(tmp_path: Path) -> None:
    starters.create_model_repo(tmp_path / "churn", "sklearn")
    file = tmp_path / "churn" / "config.yaml"
    head, mark, rest = file.read_text("utf-8").partition("# candidates:")
    lines = (mark + rest).split("\n")
    file.write_text(head + "\n".join([line.removeprefix("# ") for line in lines[:4]] + lines[4:]), "utf-8")
    assert types("validate", tmp_path / "churn") == 0
    config = load_config(file.read_bytes()).config
    assert [(candidate.name, candidate.run_steps) for candidate in config.candidates] == [
        ("deep", ("deep-train", "deep-evaluate")),
        ("shallow", ("shallow-train", "shallow-evaluate")),
    ]
    assert config.choose is not None


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


def test_the_script_generates_the_same_data(tmp_path: Path) -> None:
    generate_starter_data.write_data(tmp_path)
    for name in generate_starter_data.DATA:
        assert (tmp_path / name).read_bytes() == (generate_starter_data.STARTERS / name).read_bytes()
