"""Preparing pushes: nothing is uploaded unless every model repo is valid."""

from __future__ import annotations

from pathlib import Path

import pytest

from pushtrain.errors import ConfigError, PushError, UsageError
from pushtrain.platform import Platform
from pushtrain.pushes.push import prepare_pushes, push
from pushtrain.starters import create_model_repo

PLATFORM = Platform.local("dev")


def create(folder: Path) -> Path:
    create_model_repo(folder, "sklearn")
    return folder


def test_each_model_repo_is_read_and_keeps_its_warnings(tmp_path: Path) -> None:
    folders = [create(tmp_path / "churn"), create(tmp_path / "fraud")]
    prepared = prepare_pushes(folders, PLATFORM, environment_requested=True)
    assert [(each.model, each.repo.folder, len(each.warnings)) for each in prepared] == [
        ("churn", folders[0], 1),
        ("fraud", folders[1], 1),
    ]


def test_the_problems_of_all_are_listed(tmp_path: Path) -> None:
    folders = [create(tmp_path / "churn"), create(tmp_path / "fraud")]
    for folder in folders:
        (folder / "train.py").write_text("def (:\n")
    with pytest.raises(ConfigError) as raised:
        prepare_pushes(folders, PLATFORM)
    assert [problem.file for problem in raised.value.problems] == [str(folder / "train.py") for folder in folders]


def test_one_model_in_two_folders_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PushError, match="2 of these folders are model 'churn': a model has one model repo"):
        prepare_pushes([create(tmp_path / "churn"), create(tmp_path / "copy" / "churn")], PLATFORM)


def test_a_push_to_this_computer_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="this platform is this computer"):
        push(tmp_path, PLATFORM)
