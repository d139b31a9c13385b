"""Run a program: its lines, its exit code, and that no process of it survives."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pushtrain.local.container import process, sandbox

PATH = {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin"}


def test_output_closed_early_does_not_end_the_job(tmp_path: Path) -> None:
    argv = sandbox.guard(["/bin/sh", "-c", "exec >&- 2>&-; sleep 0.3; exit 4"])
    program_exit = process.run(argv, environment=PATH, cwd=tmp_path, stop=threading.Event(), on_line=print)
    assert program_exit == process.ProgramExit(exit_code=4, cause="exited")


def test_a_listener_that_raises_leaves_no_process(tmp_path: Path) -> None:
    pids: list[int] = []

    def fail(line: str) -> None:
        pids.append(int(line))
        raise KeyboardInterrupt

    argv = sandbox.guard(["/bin/sh", "-c", "echo $$; exec sleep 60"])
    with pytest.raises(KeyboardInterrupt):
        process.run(argv, environment=PATH, cwd=tmp_path, stop=threading.Event(), on_line=fail)
    assert eventually(lambda: not alive(pids[0]))


def alive(pid: int) -> bool:
    """Not so for one that program_exit and waits to be reaped."""
    listing = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], check=False, capture_output=True, text=True)
    return bool(listing.stdout.strip()) and not listing.stdout.startswith("Z")


def eventually(holds: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
    return True


@pytest.mark.parametrize("pieces", [[b"a\r", b"\nb\rc"], [b"a\r\nb\r", b"c"], [b"a", b"\r\nb\n", b"c\n"]])
def test_line_ends_may_fall_between_reads(pieces: list[bytes]) -> None:
    lines = process.LineSplitter()
    assert [line for piece in (*pieces, b"") for line in lines.feed(piece)] == ["a", "b", "c"]


def test_a_character_may_fall_between_reads() -> None:
    lines, encoded = process.LineSplitter(), "가나\n".encode()
    assert [line for byte in encoded for line in lines.feed(bytes([byte]))] == ["가나"]
