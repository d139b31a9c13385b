"""Checking a model repo: every problem at once, warnings apart, and the definition that it becomes."""

from __future__ import annotations

from pathlib import Path

import pytest

from pushtrain.errors import ConfigError
from pushtrain.model_repo import folder
from pushtrain.model_repo.check import check_model_repo, validate
from pushtrain.starters import create_model_repo


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    create_model_repo(tmp_path / "churn", "sklearn")
    return tmp_path / "churn"


def test_a_sound_model_repo_has_a_definition(repo: Path) -> None:
    checked = check_model_repo(repo)
    assert (checked.loaded.config.model, checked.definition["StartAt"]) == ("churn", "start")


def test_problems_of_config_scripts_and_size_are_listed_together(repo: Path) -> None:
    (repo / "train.py").write_text("def (:\n")
    (repo / "evaluation.py").unlink()
    with (repo / "weights.bin").open("wb") as file:
        file.truncate(300 * 2**20)
    with pytest.raises(ConfigError) as raised:
        check_model_repo(repo)
    assert {Path(problem.file).name for problem in raised.value.problems} == {"config.yaml", "train.py", "churn"}
    assert validate(repo).problems == raised.value.problems


def test_an_unknown_template_has_its_line(repo: Path) -> None:
    config = repo / "config.yaml"
    config.write_text(f"template: trian\n{config.read_text()}")
    (problem,) = validate(repo).problems
    assert str(problem) == f"{config}:1  template: 'trian' is not a template. Did you mean 'train'?"


def test_only_a_requested_environment_is_warned_about(repo: Path) -> None:
    assert check_model_repo(repo, "prod").loaded.warnings == ()
    (warning,) = check_model_repo(repo, "prod", environment_requested=True).loaded.warnings
    assert (warning.key, "'prod' was asked for" in warning.message) == ("environments", True)


def test_the_document_is_the_json_of_validate(repo: Path) -> None:
    assert validate(repo).document == {"valid": True, "problems": [], "warnings": [], "remarks": []}
    (repo / "train.py").write_text("def (:\n")
    document = validate(repo).document
    assert (document["valid"], list(document["problems"][0])) == (False, ["message", "key", "line", "file"])


def test_the_file_that_a_command_prints_to_is_a_warning(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "_find_own_outputs", lambda *_: ("train.log",))
    (warning,) = validate(repo).warnings
    assert str(warning) == (
        f"{repo}/train.log  this command prints to this file, so it is left out. List it in .pushtrainignore, or a "
        "later push takes it for code"
    )


def test_a_pattern_of_reads_that_matches_no_file_is_a_warning(repo: Path) -> None:
    text = (repo / "config.yaml").read_text()
    (repo / "config.yaml").write_text(
        text.replace("train:\n", "train:\n  cache: true\n  reads: [train.py, rulse/]\n", 1)
    )
    (warning,) = validate(repo).warnings
    assert (warning.key, warning.line) == ("train.reads", text.splitlines().index("train:") + 3)
    assert warning.message == (
        "'rulse' matches no file of the model repo. Correct it: a change of such a file runs no step"
    )


@pytest.mark.parametrize("parent", ["", "steps"])
def test_a_folder_named_requirements_txt_is_refused_in_one_line(repo: Path, parent: str) -> None:
    if parent:
        (repo / parent).mkdir()
        (repo / parent / "helpers.py").write_text("")
    path = Path(parent, "requirements.txt")
    (repo / path).mkdir()
    (problem,) = validate(repo).problems
    assert str(problem) == (
        f"{repo}  {path} is a folder, so no packages would be installed. requirements.txt is a file that names one "
        "package on each line: give the folder another name"
    )
