"""Find leftovers: files of a store that its documents do not name. Processes that were killed left them.

In: the store folder and its StoreContents. Out: Leftovers. Changes nothing.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from pushtrain.local.cleaning.contents import StoreContents
from pushtrain.local.storage.blobs import build_readable_path

GRACE = 86_400.0  # seconds; a younger file may belong to a write that is not finished


class Leftover(Struct, frozen=True, kw_only=True):
    """A file to delete. `size` is in bytes; 0 for a link by which people find an object."""

    path: Path
    size: int


def find_leftovers(folder: Path, contents: StoreContents) -> Sequence[Leftover]:
    """Return files of unfinished writes, contents of deleted objects, and logs of deleted jobs, older than a day."""
    blobs = {stored.blob for stored in contents.objects}
    links = {folder / build_readable_path(stored.bucket, stored.key) for stored in contents.objects}
    jobs = {job.name for job in contents.jobs}
    files = (
        *_list_files(folder / "partial"),
        *(file for file in _list_files(folder / "blobs") if file.path.name not in blobs),
        *(file for file in _list_files(folder / "jobs") if file.path.relative_to(folder / "jobs").parts[0] not in jobs),
    )
    dead_links = (file.path for file in _list_files(folder / "s3") if file.path not in links)
    return [*files, *(Leftover(path=path, size=0) for path in dead_links)]


def _list_files(folder: Path) -> Iterator[Leftover]:
    """Yield the files that are older than GRACE. A file that vanishes meanwhile is none."""
    limit = time.time() - GRACE
    for parent, _, names in os.walk(folder):
        for name in names:
            with suppress(FileNotFoundError):
                status = os.lstat(os.path.join(parent, name))  # noqa: PTH118 - a store has many files
                if status.st_mtime < limit:
                    yield Leftover(path=Path(parent, name), size=status.st_size)
