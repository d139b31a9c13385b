"""Folder of a model repo -> commit, author and repository of its code, or git's reason for a refusal. Only reads."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from pushtrain.model_repo.manifest import FACT_LIMIT, GitFacts
from pushtrain.visible import show_on_line

NOT_INSTALLED = "git is not installed on this computer. Install it"


def read_git_facts(folder: Path) -> GitFacts:
    """Return commit, author of the commit, repository without password, and if anything is not committed.

    All are empty if there is no git or no commit, or if git refuses; `find_git_refusal` returns its reason.
    """
    commit = _read_line(folder, "rev-parse", "HEAD")
    if not commit:
        return GitFacts()
    status = _run_git(folder, "status", "--porcelain", "--", ".")
    return GitFacts(
        commit=commit,
        author=_read_line(folder, "log", "-1", "--format=%ae")[:FACT_LIMIT],
        repository=_remove_password(_read_line(folder, "remote", "get-url", "origin"))[:FACT_LIMIT],
        dirty=status.returncode != 0 or bool(status.stdout.strip()),  # what git cannot compare is not committed
    )


def find_git_refusal(folder: Path) -> str:
    """Return git's own words if `folder` lies in a git repository that git does not read, else "".

    A common one is "detected dubious ownership": a container agent checked out the files as another user.
    """
    absolute = folder.resolve()
    if not any((above / ".git").exists() for above in (absolute, *absolute.parents)):
        return ""
    process = _run_git(folder, "rev-parse", "--git-dir")
    return " ".join(process.stderr.split()) if process.returncode else ""


def _read_line(folder: Path, *arguments: str) -> str:
    r"""Return what a git command prints, with its control characters written out (`\x1b`); empty if it fails."""
    process = _run_git(folder, *arguments)
    return show_on_line(process.stdout.strip()) if process.returncode == 0 else ""


def _run_git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["git", "-C", str(folder), *arguments]
    try:
        return subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    except FileNotFoundError:  # the revision alone identifies the push
        return subprocess.CompletedProcess(command, returncode=127, stdout="", stderr=NOT_INSTALLED)


def _remove_password(url: str) -> str:
    """Return the URL without user and password. CI systems clone with a token in the URL."""
    parts = urlsplit(url)
    if parts.scheme and "@" in parts.netloc:
        return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    return re.sub(r"\s", "", url)
