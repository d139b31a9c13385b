"""Folders of model servers, which do not outlive their server by long.

Each lies in `serving/` of the cache folder, with a lock that the system frees when its process ends, even by SIGKILL.
The next server deletes folders whose lock is free.
"""

from __future__ import annotations

import contextlib
import fcntl
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from pushtrain.local.container.environments import find_cache_folder

SERVING = "serving"
LOCK = ".lock"


@contextlib.contextmanager
def create_serving_folder() -> Iterator[Path]:
    """Yield an empty folder, and delete it afterwards."""
    home = find_cache_folder() / SERVING
    home.mkdir(parents=True, exist_ok=True)
    _delete_abandoned_folders(home)
    folder = home / uuid.uuid4().hex
    lock_file = folder.with_suffix(LOCK)
    with lock_file.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        folder.mkdir()
        try:
            yield folder
        finally:
            _delete(folder)


def _delete_abandoned_folders(home: Path) -> None:
    for lock_file in home.glob(f"*{LOCK}"):
        with contextlib.suppress(FileNotFoundError), lock_file.open("r") as lock:
            if _is_free(lock):
                _delete(lock_file.with_suffix(""))


def _is_free(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _delete(folder: Path) -> None:
    """Delete a folder and then its lock, so that whatever is left of it has a lock."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.with_suffix(LOCK).unlink(missing_ok=True)
