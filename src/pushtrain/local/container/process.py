"""Run one program to its end: its output line by line, its time limit, its stop, and nothing left of it afterwards.

In: an argument list that `pushtrain.local.container.sandbox` wrapped, a clean environment. Out: how it ended. Knows
nothing of SageMaker. The wrapped program holds the read end of a pipe as its stdin. When this process dies, however it
dies, the pipe closes and the wrapper kills the whole process group: that works on every Unix and from any thread,
unlike a parent-death signal.
"""

from __future__ import annotations

import codecs
import contextlib
import os
import re
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Literal

Cause = Literal["exited", "stopped", "overtime"]

# SageMaker waits 120 s between SIGTERM and SIGKILL. A person at a terminal who pressed Ctrl-C does not.
GRACE_SECONDS = 5.0
LONGEST_LINE = 64 * 1024  # characters; longer lines are cut into several, so that memory stays bounded
TICK_SECONDS = 0.05  # how soon a stop, a time limit or a program that left children behind is noticed


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a program ended: `exit_code` as a container reports it (128 + signal when killed), and why."""

    exit_code: int
    cause: Cause


class Lines:
    """Bytes in, lines out: what is not UTF-8 becomes U+FFFD; a line feed, a carriage return or both end a line."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._rest = ""

    def feed(self, data: bytes) -> Iterator[str]:
        """The lines that `data` completes. Empty `data` means the end: what is left is the last line."""
        *lines, self._rest = re.split(r"\r\n|\n|\r(?!$)", self._rest + self._decoder.decode(data, not data))
        for line in lines:
            yield from _cut(line)
        if len(self._rest) > LONGEST_LINE or (not data and self._rest):
            yield from _cut(self._rest.removesuffix("\r"))
            self._rest = ""


def _cut(line: str) -> Iterator[str]:
    for start in range(0, len(line) or 1, LONGEST_LINE):
        yield line[start : start + LONGEST_LINE]


def run(
    argv: Sequence[str],
    *,
    environment: Mapping[str, str],
    cwd: Path,
    stop: Event,
    on_line: Callable[[str], None],
    seconds: float | None = None,
) -> Ended:
    """Run `argv` (from `sandbox.command` or `sandbox.guard`) and give each line of stdout and stderr to `on_line`.

    `seconds` is the longest it may run; when that or `stop` comes it gets SIGTERM, GRACE_SECONDS later SIGKILL, with
    its group.
    """
    program = subprocess.Popen(
        argv,
        env=dict(environment),
        cwd=cwd,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        bufsize=0,
        start_new_session=True,
    )
    watch = _Watch(program, stop=stop, seconds=seconds)
    try:
        _pump(program, watch, on_line)
        while program.poll() is None:  # it closed its output and goes on
            watch.check()
            with contextlib.suppress(subprocess.TimeoutExpired):
                program.wait(TICK_SECONDS)
    finally:
        _signal(program, signal.SIGKILL)  # only where `on_line` raised
        program.wait()
        for stream in (program.stdin, program.stdout):
            if stream is not None:
                stream.close()
    code = program.returncode
    return Ended(exit_code=128 - code if code < 0 else code, cause=watch.cause)


class _Watch:
    """Decides when a running program has to be asked, and then made, to end."""

    def __init__(self, program: subprocess.Popen[bytes], *, stop: Event, seconds: float | None) -> None:
        self.cause: Cause = "exited"
        self._program, self._stop = program, stop
        self._deadline = None if seconds is None else time.monotonic() + seconds
        self._kill_at: float | None = None

    def check(self) -> None:
        now = time.monotonic()
        if self._kill_at is not None:
            if now >= self._kill_at:
                _signal(self._program, signal.SIGKILL)
            return
        if self._stop.is_set():
            self.cause = "stopped"
        elif self._deadline is not None and now >= self._deadline:
            self.cause = "overtime"
        if self.cause != "exited":
            _signal(self._program, signal.SIGTERM)
            self._kill_at = now + GRACE_SECONDS


def _pump(program: subprocess.Popen[bytes], watch: _Watch, on_line: Callable[[str], None]) -> None:
    """Move output to `on_line` until it ends. A child that holds the pipe open when its parent ended gets a second."""
    assert program.stdin is not None  # noqa: S101 - for the type checker: it is PIPE
    assert program.stdout is not None  # noqa: S101
    lines = Lines()
    leave_at: float | None = None
    with selectors.DefaultSelector() as selector:
        selector.register(program.stdout, selectors.EVENT_READ)
        while leave_at is None or time.monotonic() < leave_at:
            data = None
            if selector.select(TICK_SECONDS):
                data = os.read(program.stdout.fileno(), 64 * 1024)
                for line in lines.feed(data):
                    on_line(line)
            if data == b"":
                return
            watch.check()
            if leave_at is None and program.poll() is not None:
                program.stdin.close()  # the guard kills what is left of the group
                leave_at = time.monotonic() + 1
    for line in lines.feed(b""):
        on_line(line)


def _signal(program: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """Signal the whole group, while its leader is not reaped: later the number may belong to others."""
    if program.returncode is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS: EPERM for a group of zombies
            os.killpg(program.pid, number)
