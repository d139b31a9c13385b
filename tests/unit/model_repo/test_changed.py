"""Which model repos changed since a git revision."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from pushtrain.errors import PushError, UsageError
from pushtrain.model_repo.changed import find_changed_repos
from pushtrain.model_repo.folder import find_model_repos


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", "-C", str(folder), *identity, *arguments], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def write(path: Path, text: str = "x") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.fixture
def monorepo(tmp_path: Path) -> Path:
    """Three model repos below models/, committed; the second has a Korean name."""
    for name in ("churn", "이탈 예측", "team/price"):
        write(tmp_path / "models" / name / "config.yaml")
        write(tmp_path / "models" / name / "train.py")
    write(tmp_path / ".gitignore", "*.log\nscratch/\n")
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "-m", "first")
    return tmp_path


def changed(monorepo: Path, revision: str = "HEAD") -> list[str]:
    models = monorepo / "models"
    return [path.relative_to(models).as_posix() for path in find_changed_repos([models], revision)]


def test_nothing_changed_since_the_last_commit(monorepo: Path) -> None:
    assert changed(monorepo) == []


def test_committed_changes_count(monorepo: Path) -> None:
    write(monorepo / "models/이탈 예측/train.py", "y")
    write(monorepo / "README.md")
    git(monorepo, "add", ".")
    git(monorepo, "commit", "--quiet", "-m", "second")
    assert changed(monorepo) == []
    assert changed(monorepo, "HEAD~1") == ["이탈 예측"]


def test_staged_unstaged_new_and_deleted_files_count_and_ignored_ones_do_not(monorepo: Path) -> None:
    write(monorepo / "models/churn/train.py", "y")
    git(monorepo, "add", ".")
    write(monorepo / "models/new/config.yaml")
    (monorepo / "models/team/price/train.py").unlink()
    write(monorepo / "models/이탈 예측/run.log")
    assert changed(monorepo) == ["churn", "new", "team/price"]


def test_a_file_that_moves_from_one_model_repo_to_another_changes_both(monorepo: Path) -> None:
    write(monorepo / "models/churn/a.py", "a long enough text to be found again as a rename\n" * 9)
    git(monorepo, "add", ".")
    git(monorepo, "commit", "--quiet", "-m", "second")
    git(monorepo, "mv", "models/churn/a.py", "models/team/price/a.py")
    assert changed(monorepo) == ["churn", "team/price"]


def test_a_change_and_its_undoing_is_no_change(monorepo: Path) -> None:
    write(monorepo / "models/churn/train.py", "y")
    git(monorepo, "commit", "--quiet", "-am", "second")
    write(monorepo / "models/churn/train.py", "x")
    assert changed(monorepo, "HEAD~1") == []


def test_an_empty_revision_means_all_with_git_or_without(
    monorepo: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert changed(monorepo, "") == ["churn", "team/price", "이탈 예측"]
    plain = tmp_path_factory.mktemp("plain")
    write(plain / "config.yaml")
    assert find_changed_repos([plain], "") == (plain,)


def test_a_folder_given_twice_is_taken_once(monorepo: Path) -> None:
    write(monorepo / "models/churn/train.py", "y")
    assert find_changed_repos([monorepo / "models", monorepo / "models/churn"], "HEAD") == (monorepo / "models/churn",)


@pytest.mark.parametrize("revision", ["0123456789abcdef0123456789abcdef01234567", "--output=/dev/null", "main..no"])
def test_a_revision_that_is_not_there_is_the_callers_to_mend(monorepo: Path, revision: str) -> None:
    with pytest.raises(UsageError) as told:
        changed(monorepo, revision)
    assert str(told.value) == (
        f"--changed-since {revision!r}: there is no such revision in the git repository of "
        f"{monorepo}/models. Is the clone shallow, or was history rewritten? Fetch it, or give '' for "
        "every model repo"
    )


def test_without_git_nothing_tells_what_changed(tmp_path: Path) -> None:
    write(tmp_path / "config.yaml")
    with pytest.raises(UsageError) as told:
        find_changed_repos([tmp_path], "HEAD")
    assert str(told.value) == (
        f"--changed-since needs git, which failed in {tmp_path}: fatal: not a git repository (or any of the "
        "parent directories): .git"
    )


def test_without_the_program_git_it_is_said_so(monorepo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UsageError) as told:
        find_changed_repos([monorepo], "HEAD")
    assert str(told.value) == "--changed-since needs git, which is not installed on this computer. Install it"


def test_hidden_ignored_linked_folders_and_environments_are_not_entered(monorepo: Path) -> None:
    for name in (".cache/a", "scratch/b", "node/c", "venv/d"):
        write(monorepo / name / "config.yaml")
    write(monorepo / "venv/pyvenv.cfg")
    write(monorepo / ".pushtrainignore", "node/\n")
    write(monorepo / "models/churn/inner/config.yaml")
    (monorepo / "again").symlink_to(monorepo / "models")
    found = [path.relative_to(monorepo).as_posix() for path in find_model_repos(monorepo)]
    assert found == ["models/churn", "models/team/price", "models/이탈 예측"]
    with pytest.raises(PushError) as told:
        find_model_repos(monorepo / "nowhere")
    assert str(told.value) == f"{monorepo}/nowhere: there is no such folder"
