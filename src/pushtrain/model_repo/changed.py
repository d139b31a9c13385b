"""Folders of a git repository + a git revision -> the model repos in them that changed since. Reads only."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

from pushtrain.errors import UsageError
from pushtrain.model_repo.folder import find_model_repos


def find_changed_repos(folders: Iterable[Path], revision: str) -> tuple[Path, ...]:
    """The model repos in and below `folders` whose files differ from those of `revision`, as git sees files.

    Committed, staged, unstaged and new files count, ignored ones do not. An empty revision is the beginning of
    time: every model repo. Raises UsageError where there is no git repository or no such revision in it.
    """
    found: dict[Path, None] = {}
    for folder in folders:
        repos = find_model_repos(folder)
        changed = _changed_files(folder, revision) if revision else None
        for repo in repos:
            if changed is None or any(path.is_relative_to(repo.resolve()) for path in changed):
                found[repo] = None
    return tuple(found)


def _changed_files(folder: Path, revision: str) -> list[Path]:
    """Absolute paths below `folder`, deleted files included."""
    _check_revision(folder, revision)
    tracked = _git(
        folder, "diff", "--name-only", "-z", "--no-renames", "--no-ext-diff", "--relative", revision, "--", "."
    )
    new = _git(folder, "ls-files", "--others", "--exclude-standard", "-z", "--", ".")
    base = folder.resolve()
    return [base / os.fsdecode(name) for name in (tracked + new).split(b"\0") if name]


def _check_revision(folder: Path, revision: str) -> None:
    _git(folder, "rev-parse", "--git-dir")
    if _run(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{tree}}").returncode:
        raise UsageError(
            f"--changed-since {revision!r}: there is no such revision in the git repository of {folder}. "
            "Is the clone shallow, or was history rewritten? Fetch it, or give '' for every model repo"
        )


def _git(folder: Path, *arguments: str) -> bytes:
    done = _run(folder, *arguments)
    if done.returncode:
        raise UsageError(f"--changed-since asks git, which says of {folder}: {os.fsdecode(done.stderr).strip()}")
    return done.stdout


def _run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, check=False)
    except FileNotFoundError:
        raise UsageError("--changed-since asks git, and there is no git on this machine. Install it") from None
