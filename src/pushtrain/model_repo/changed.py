"""Folders of a git repository + a git revision -> the model repos in them that changed since. Only reads."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

from pushtrain.errors import UsageError
from pushtrain.model_repo.folder import find_model_repos


def find_changed_repos(folders: Iterable[Path], git_revision: str) -> tuple[Path, ...]:
    """Return the model repos in and below `folders` that have other files than at `git_revision`.

    Committed, staged, unstaged and new files count; files that git ignores do not. With an empty `git_revision`,
    return every model repo. Raises UsageError if a folder is in no git repository, or git has no such revision.
    """
    changed_repos: dict[Path, None] = {}
    for folder in folders:
        repos = find_model_repos(folder)
        changed_files = _list_changed_files(folder, git_revision) if git_revision else None
        for repo in repos:
            if changed_files is None or any(path.is_relative_to(repo.resolve()) for path in changed_files):
                changed_repos[repo] = None
    return tuple(changed_repos)


def _list_changed_files(folder: Path, git_revision: str) -> list[Path]:
    """Return the absolute paths of changed files below `folder`, deleted ones too."""
    _check_git_revision(folder, git_revision)
    tracked = _git(
        folder, "diff", "--name-only", "-z", "--no-renames", "--no-ext-diff", "--relative", git_revision, "--", "."
    )
    new = _git(folder, "ls-files", "--others", "--exclude-standard", "-z", "--", ".")
    base = folder.resolve()
    return [base / os.fsdecode(name) for name in (tracked + new).split(b"\0") if name]


def _check_git_revision(folder: Path, git_revision: str) -> None:
    _git(folder, "rev-parse", "--git-dir")
    if _run_git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{git_revision}^{{tree}}").returncode:
        raise UsageError(
            f"--changed-since {git_revision!r}: there is no such revision in the git repository of {folder}. "
            "Is the clone shallow, or was history rewritten? Fetch it, or give '' for every model repo"
        )


def _git(folder: Path, *arguments: str) -> bytes:
    process = _run_git(folder, *arguments)
    if process.returncode:
        raise UsageError(f"--changed-since needs git, which failed in {folder}: {os.fsdecode(process.stderr).strip()}")
    return process.stdout


def _run_git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, check=False)
    except FileNotFoundError:
        raise UsageError("--changed-since needs git, which is not installed on this computer. Install it") from None
