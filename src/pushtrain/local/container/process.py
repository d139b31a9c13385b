"""Run one program to its end: pass on its output line by line, apply its time limit, leave no child process behind.

In: an argument list that `pushtrain.local.container.sandbox` wrapped, a clean environment. Out: how the program ended.
This module does not know SageMaker. The stdin of the wrapped program is the read end of a pipe. When this process dies,
even by SIGKILL, the pipe closes and the wrapper kills the whole process group. Unlike a parent-death signal, this works
on every Unix and from any thread.
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
from pathlib import Path
from threading import Event
from typing import Literal

from msgspec import Struct

Cause = Literal["exited", "stopped", "overtime"]

# SageMaker waits 120 s between SIGTERM and SIGKILL. Somebody who pressed Ctrl-C does not want to wait so long.
GRACE_SECONDS = 5.0
LONGEST_LINE = 64 * 1024  # characters; longer lines are cut into several, so that memory stays bounded
TICK_SECONDS = 0.05  # how often to look for a stop, a time limit, or children that outlive the program


class ProgramExit(Struct, frozen=True, kw_only=True):
    """How a program ended. `exit_code` is that of a container: 128 + signal if a signal killed the program."""

    exit_code: int
    cause: Cause


class LineSplitter:
    """Split bytes into lines. LF, CR and CR LF end a line; bytes that are not UTF-8 become U+FFFD."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._incomplete = ""

    def feed(self, data: bytes) -> Iterator[str]:
        """Yield the lines that `data` completes. Empty `data` means the end of the output: yield the last line."""
        *lines, self._incomplete = re.split(r"\r\n|\n|\r(?!$)", self._incomplete + self._decoder.decode(data, not data))
        for line in lines:
            yield from _cut(line)
        if len(self._incomplete) > LONGEST_LINE or (not data and self._incomplete):
            yield from _cut(self._incomplete.removesuffix("\r"))
            self._incomplete = ""


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
) -> ProgramExit:
    """Run `argv` (from `Sandbox.wrap` or `sandbox.guard`) and pass each line of stdout and stderr to `on_line`.

    The program may run `seconds`. After that, or when `stop` is set, its process group gets SIGTERM, and SIGKILL
    GRACE_SECONDS later.
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
        _pass_on_output(program, watch, on_line)
        while program.poll() is None:  # the program closed its output, but still runs
            watch.end_if_due()
            with contextlib.suppress(subprocess.TimeoutExpired):
                program.wait(TICK_SECONDS)
    finally:
        _signal(program, signal.SIGKILL)  # it still runs only if `on_line` raised an error
        program.wait()
        for stream in (program.stdin, program.stdout):
            if stream is not None:
                stream.close()
    code = program.returncode
    return ProgramExit(exit_code=128 - code if code < 0 else code, cause=watch.cause)


class _Watch:
    """Decide when a running program gets SIGTERM, and when SIGKILL."""

    def __init__(self, program: subprocess.Popen[bytes], *, stop: Event, seconds: float | None) -> None:
        self.cause: Cause = "exited"
        self._program, self._stop = program, stop
        self._deadline = None if seconds is None else time.monotonic() + seconds
        self._kill_at: float | None = None

    def end_if_due(self) -> None:
        moment = time.monotonic()
        if self._kill_at is not None:
            if moment >= self._kill_at:
                _signal(self._program, signal.SIGKILL)
            return
        if self._stop.is_set():
            self.cause = "stopped"
        elif self._deadline is not None and moment >= self._deadline:
            self.cause = "overtime"
        if self.cause != "exited":
            _signal(self._program, signal.SIGTERM)
            self._kill_at = moment + GRACE_SECONDS


def _pass_on_output(program: subprocess.Popen[bytes], watch: _Watch, on_line: Callable[[str], None]) -> None:
    """Pass output to `on_line` until it ends. If a child keeps the pipe open after the program, wait one second."""
    assert program.stdin is not None  # noqa: S101 - for the type checker: it is PIPE
    assert program.stdout is not None  # noqa: S101
    splitter = LineSplitter()
    leave_at: float | None = None
    with selectors.DefaultSelector() as selector:
        selector.register(program.stdout, selectors.EVENT_READ)
        while leave_at is None or time.monotonic() < leave_at:
            data = None
            if selector.select(TICK_SECONDS):
                data = os.read(program.stdout.fileno(), 64 * 1024)
                for line in splitter.feed(data):
                    on_line(line)
            if data == b"":
                return
            watch.end_if_due()
            if leave_at is None and program.poll() is not None:
                program.stdin.close()  # then the guard kills the other processes of the group
                leave_at = time.monotonic() + 1
    for line in splitter.feed(b""):
        on_line(line)


def _signal(program: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """Send a signal to the process group, unless its leader was reaped: another group may have its number then."""
    if program.returncode is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS: EPERM for a group of zombies
            os.killpg(program.pid, number)
