"""Keep `pushtrain clean` away while a run starts: it must not delete what the new run has just decided to use.

In: the store folder. Out: a lock that many starting runs share, and that cleaning has alone. The system frees the lock
of a process that dies.
"""

from __future__ import annotations

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TextIO

from pushtrain.errors import LocalError
from pushtrain.local.storage.store import disk_errors

FILE = "clean.lock"
PAUSE = 0.1  # seconds between two attempts
PATIENCE = 30.0  # seconds; a run holds the lock while it uploads and starts


@contextmanager
def hold_launch_lock(folder: Path) -> Iterator[Callable[[], None]]:
    """Let nobody clean the store until the context ends, or until the function that it yields is called.

    Waits while somebody cleans, which takes seconds. Raises LocalError if the folder cannot be written.
    """
    with _open_lock(folder) as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        yield partial(fcntl.flock, file, fcntl.LOCK_UN)


@contextmanager
def hold_cleaning_lock(folder: Path) -> Iterator[None]:
    """Let no run start, and nobody else clean, while the context lasts.

    Raises LocalError if the folder cannot be written, or if a run still starts after PATIENCE seconds.
    """
    deadline = time.monotonic() + PATIENCE
    with _open_lock(folder) as file:
        while not try_lock(file):
            if time.monotonic() > deadline:
                raise LocalError(f"{folder}: a run is being started with this store: try again when its jobs run")
            pause()
        yield


def try_lock(file: TextIO) -> bool:
    """Lock a file for this process alone. Return False if somebody else has locked it."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def pause() -> None:
    """Wait before the next attempt. Tests replace this function."""
    time.sleep(PAUSE)


def _open_lock(folder: Path) -> TextIO:
    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        return (folder / FILE).open("a", encoding="utf-8")
