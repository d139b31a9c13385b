"""Git facts of a model repo, and what the user reads if git refuses to read the repository."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from pushtrain.model_repo.check import validate
from pushtrain.model_repo.git_facts import find_git_refusal, read_git_facts
from pushtrain.starters import create_model_repo


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    """A model repo whose files are committed."""
    create_model_repo(tmp_path / "churn", "sklearn")
    for arguments in (["init"], ["add", "."], ["commit", "-m", "one"]):
        git(tmp_path, *arguments)
    return tmp_path / "churn"


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
    subprocess.run(["git", "-C", str(folder), *identity, *arguments], check=True, capture_output=True)


def test_git_facts_hold_no_password(repo: Path) -> None:
    git(repo, "remote", "add", "origin", "https://robot:s3cret@git.example.com/team/models.git")
    facts = read_git_facts(repo)
    assert facts.repository == "https://git.example.com/team/models.git"
    assert len(facts.commit) == 40
    assert not facts.dirty
    assert facts.author == "a@example.com"
    (repo / "config.yaml").write_text("model: n\n")
    assert read_git_facts(repo).dirty


def test_a_repository_that_git_cannot_compare_counts_as_dirty(repo: Path) -> None:
    (repo.parent / ".git" / "index").write_text("damaged")
    facts = read_git_facts(repo)
    assert (len(facts.commit), facts.dirty) == (40, True)


def test_without_git_the_facts_are_empty_and_nobody_refuses(tmp_path: Path) -> None:
    facts = read_git_facts(tmp_path)
    assert (facts.commit, facts.repository, facts.dirty) == ("", "", False)
    assert find_git_refusal(tmp_path) == ""


def test_a_repository_of_another_owner_is_a_warning_in_the_words_of_git(
    repo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert validate(repo).warnings == ()
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")  # git's own switch for its tests
    monkeypatch.setenv("LC_ALL", "C")
    root = repo.parent
    (warning,) = validate(repo).warnings
    assert str(warning) == (
        f"{repo}  git does not read this repository, so a run records its commit and author as unknown. git: "
        f"fatal: detected dubious ownership in repository at '{root}' To add an exception for this directory, call: "
        f"git config --global --add safe.directory {root}"
    )
    assert read_git_facts(repo).commit == ""


def test_a_repository_without_an_installed_git_is_a_warning(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert find_git_refusal(repo) == "git is not installed on this computer. Install it"
    assert read_git_facts(repo).commit == ""


def test_what_a_terminal_obeys_is_written_out(repo: Path) -> None:
    git(repo, "remote", "add", "origin", "https://git.example.com/\u202emodels.git")
    identity = ["-c", "user.name=a", "-c", "user.email=a\x1b[2K@example.com"]
    subprocess.run(["git", "-C", str(repo), *identity, "commit", "--allow-empty", "-m", "two"], check=True)
    facts = read_git_facts(repo)
    assert (facts.author, facts.repository) == ("a\\x1b[2K@example.com", "https://git.example.com/\\u202emodels.git")
