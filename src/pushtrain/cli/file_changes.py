"""What a folder looks like, again each time it changes. By asking: that works on every disk, mounted ones too.

In: a way to take a snapshot. Out: the names that changed, the first at once. Decides nothing about them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from pushtrain.errors import PushError

SECONDS = 0.5  # between two looks: soon enough for a person, and a model repo has few files

Snapshot = Mapping[str, object]


def changes(look: Callable[[], Snapshot]) -> Iterator[list[str]]:
    """The names that changed, appeared or went since the last time; all of them at first."""
    known: Snapshot = {}
    fresh = look()
    while True:
        yield sorted(name for name in known.keys() | fresh.keys() if known.get(name) != fresh.get(name))
        known = fresh
        while (fresh := look()) == known:
            wait(SECONDS)


def wait(seconds: float) -> None:
    """Apart, so that a test can put changes in its place."""
    time.sleep(seconds)


def snapshot(folder: Path) -> Snapshot:
    """Time and size of each file that a push would upload; what makes a push impossible counts as well."""
    from pushtrain.model_repo.folder import list_files

    try:
        paths = list_files(folder).paths
    except PushError as error:
        return {str(folder): str(error)}
    return {str(folder / path): _facts(folder / path) for path in paths}


def _facts(path: Path) -> object:
    try:
        found = path.stat()
    except FileNotFoundError:  # an editor is putting a new one in its place
        return None
    return found.st_mtime_ns, found.st_size
