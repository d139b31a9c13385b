"""What `runs watch` and `runs logs --follow` share: a run is read again and again until it has ended."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from pushtrain.cli.options import open_platform
from pushtrain.cli.terminal.hints import find_program
from pushtrain.runs import Run, read_run

GOING = frozenset({"RUNNING", "PENDING_REDRIVE"})
PAUSE, LOCAL_PAUSE = 5.0, 1.0  # seconds between two looks at AWS, at this machine

ReadRun = Callable[[], Run]


def wait(seconds: float) -> None:
    """Apart, so that a test can put what happens meanwhile in its place."""
    time.sleep(seconds)


def now() -> float:
    """The epoch, apart for the same reason."""
    return time.time()


def format_goes_on(words: str) -> str:
    """Return the note that follows Ctrl-C. `words` is the command after `pushtrain runs`."""
    return f"the run goes on. Go on watching with: {find_program()} runs {words}"


def make_reader(run: Run, where: Mapping[str, Any]) -> ReadRun:
    """Return a function that reads the run. It opens the local store each time, because another process writes it."""

    def read() -> Run:
        with open_platform(**where) as platform:
            return read_run(platform, run.model, run.run)

    return read


def choose_pause(where: Mapping[str, Any]) -> float:
    """Return the seconds between two reads: few for the local store, more for AWS."""
    return LOCAL_PAUSE if where["local"] else PAUSE
