"""Shared by `runs watch` and `runs logs --follow`: read a run every few seconds until it has ended.

Both commands only read. Ctrl-C ends the command, not the run.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from pushtrain.cli.options import open_platform
from pushtrain.cli.terminal.hints import find_program
from pushtrain.runs import Run, read_run

UNFINISHED = frozenset({"RUNNING", "PENDING_REDRIVE"})  # ExecutionStatus of a run that goes on
AWS_PAUSE, LOCAL_PAUSE = 5.0, 1.0  # seconds between two reads

ReadRun = Callable[[], Run]


def wait(seconds: float) -> None:
    """Sleep. Tests replace this function to change the run meanwhile."""
    time.sleep(seconds)


def read_clock() -> float:
    """Return the time in seconds since the epoch. Tests replace this function."""
    return time.time()


def make_reader(run: Run, platform_args: Mapping[str, Any]) -> ReadRun:
    """Return a function that reads the run as it is now.

    `platform_args` are the arguments of `open_platform`. The function opens the platform each time, because another
    process may have changed the local store.
    """

    def read() -> Run:
        with open_platform(**platform_args) as platform:
            return read_run(platform, run.model, run.run)

    return read


def choose_pause(platform_args: Mapping[str, Any]) -> float:
    """Return the seconds between two reads: LOCAL_PAUSE with --local, else AWS_PAUSE."""
    return LOCAL_PAUSE if platform_args["local"] else AWS_PAUSE


def format_resume_note(command_line: str) -> str:
    """Return the note that is printed after Ctrl-C. `command_line` follows `pushtrain runs`, such as `watch 3f9c`."""
    return f"the run goes on. Go on watching with: {find_program()} runs {command_line}"
