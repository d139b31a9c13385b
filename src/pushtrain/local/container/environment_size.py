"""The size of a script's Python environment: measured once, because it has up to 100,000 files.

In: the folder of an environment. Out: bytes.
"""

from __future__ import annotations

import os
from pathlib import Path

FILE = "size"  # in the environment; missing if an earlier pushtrain created it


def record_size(home: Path) -> None:
    """Measure a new environment, and write its size into it."""
    (home / FILE).write_text(str(measure_folder(home)), encoding="ascii")


def read_size(home: Path) -> int:
    """Return the size of an environment. If it is not recorded, measure it."""
    try:
        return int((home / FILE).read_text("ascii"))
    except (OSError, ValueError):
        return measure_folder(home)


def measure_folder(folder: Path | str) -> int:
    """Return the bytes of all files in a folder. pathlib would take 10 s for 100,000 files."""
    size = 0
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                size += measure_folder(entry.path)
            elif entry.is_file():
                size += entry.stat(follow_symlinks=False).st_size
    return size
