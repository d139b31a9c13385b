"""Closed and full outputs, and other limits of this computer: one line, and never a bug of pushtrain."""

from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path

import pytest

from pushtrain.cli import run_command, streams
from pushtrain.cli.streams import describe_limit
from pushtrain.starters import create_model_repo

FULL = "the output cannot be used: No space left on device. Free some space, or change the file or its rights\n"
FULL_DEVICE = pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")


def run_shell(command: str, folder: Path) -> tuple[int, str, str]:
    """Run a line of shell, in which `pushtrain` is this one, in a folder with the model repo `churn`."""
    create_model_repo(folder / "churn", "sklearn")
    script = f'pushtrain() {{ "{sys.executable}" -m pushtrain "$@"; }}; {command}'
    ended = subprocess.run(["sh", "-c", script], cwd=folder, capture_output=True, text=True, check=False)
    return ended.returncode, ended.stdout, ended.stderr


@pytest.mark.parametrize("words", ["--help", "validate churn", "compile churn", "validate churn --json"])
def test_a_closed_stdout_is_like_dev_null(words: str, tmp_path: Path) -> None:
    assert run_shell(f"pushtrain {words} >&-", tmp_path) == (0, "", "")


@FULL_DEVICE
@pytest.mark.parametrize("words", ["--help", "validate churn", "compile churn", "validate churn --json"])
def test_a_full_stdout_is_one_line(words: str, tmp_path: Path) -> None:
    assert run_shell(f"pushtrain {words} > /dev/full", tmp_path) == (1, "", FULL)


@FULL_DEVICE
def test_a_full_or_closed_stderr_leaves_the_exit_code(tmp_path: Path) -> None:
    assert run_shell("pushtrain validate nowhere 2> /dev/full", tmp_path)[0] == 1
    assert run_shell("pushtrain validate nowhere 2>&-", tmp_path / "two")[0] == 1


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (OSError(errno.ENOSPC, "", "/tmp/a"), "/tmp/a cannot be used: No space left on device. "),
        (OSError(errno.EROFS, "", "/usr/x"), "/usr/x cannot be used: Read-only file system. "),
        (OSError(errno.EBADF, ""), "the output cannot be used: Bad file descriptor. "),
    ],
)
def test_a_limit_of_this_computer_is_one_line(
    error: OSError, line: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def command() -> None:
        raise error

    monkeypatch.setattr("pushtrain.cli.discard_stdout", lambda: None)
    assert run_command(command) == 1
    assert capsys.readouterr().err == f"{line}Free some space, or change the file or its rights\n"


def test_other_errors_of_the_system_are_bugs() -> None:
    assert describe_limit(FileNotFoundError(errno.ENOENT, "", "x")) == ""


def test_streams_that_are_open_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    before = sys.stdout
    streams.open_closed_streams()
    assert sys.stdout is before
