"""Who uses a script's Python environment, and when it was last used: a file beside it, which its users lock.

In: the folder of an environment. Out: locks, and the time of the last use in epoch seconds. The system frees the locks
of a process that dies.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import threading
from collections.abc import Iterator
from pathlib import Path

SUFFIX = ".used"

_descriptors: dict[Path, int] = {}  # open files of what this process uses: the system closes them when it ends
_lock = threading.Lock()


def mark_used(home: Path) -> None:
    """Keep the environment until this process ends, and note the time. Waits while somebody deletes it."""
    with _lock:
        if home not in _descriptors:
            home.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(_find_file(home), os.O_RDWR | os.O_CREAT, 0o666)
            fcntl.flock(descriptor, fcntl.LOCK_SH)
            _descriptors[home] = descriptor
        os.utime(_find_file(home))


def read_last_use(home: Path) -> float:
    """Return when somebody last used the environment. Before pushtrain noted that: when it was created."""
    file = _find_file(home)
    return (file if file.exists() else home).stat().st_mtime


@contextlib.contextmanager
def hold_unused(home: Path) -> Iterator[bool]:
    """Let nobody use the environment while the context lasts. Yield False if somebody uses it."""
    with _find_file(home).open("a", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def _find_file(home: Path) -> Path:
    return home.with_suffix(SUFFIX)
