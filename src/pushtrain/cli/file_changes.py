"""Watch folders for changes by polling: that works on every disk, mounted ones too.

In: a function that takes a snapshot of the files. Out: the names that changed, all of them at first.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from pushtrain.errors import PushError

PAUSE = 0.5  # seconds between two snapshots: soon enough for a person, and a model repo has few files

Snapshot = Mapping[str, object]


def watch_changes(take: Callable[[], Snapshot]) -> Iterator[list[str]]:
    """Yield the names that changed, appeared or disappeared since the last time; all names at first. Never ends."""
    old: Snapshot = {}
    new = take()
    while True:
        yield sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))
        old = new
        while (new := take()) == old:
            wait(PAUSE)


def wait(seconds: float) -> None:
    """Sleep. A test replaces this function to change files meanwhile."""
    time.sleep(seconds)


def take_snapshot(folder: Path) -> Snapshot:
    """Return time and size of each file that a push would upload; or, if a push is impossible, the reason."""
    from pushtrain.model_repo.folder import list_files

    try:
        paths = list_files(folder).paths
    except PushError as error:
        return {str(folder): str(error)}
    return {str(folder / path): _read_state(folder / path) for path in paths}


def _read_state(path: Path) -> object:
    try:
        status = path.stat()
    except FileNotFoundError:  # an editor is replacing it just now
        return None
    return status.st_mtime_ns, status.st_size
