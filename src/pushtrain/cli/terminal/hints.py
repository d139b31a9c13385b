"""What commands say of commands: this program as one calls it from here, paths as one writes them, what to do next."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def program() -> str:
    """How to call this program again from this terminal: its name, or its path where that is not on PATH."""
    return "pushtrain" if shutil.which("pushtrain") else short(Path(sys.argv[0]))


def short(path: Path) -> str:
    """A path as a person at this terminal would write it."""
    relative = os.path.relpath(path)
    return relative if not relative.startswith("..") else str(path)


@contextmanager
def telling(line: str) -> Iterator[None]:
    """What becomes of a run when who waits for it presses Ctrl-C: a note that is told below `interrupted`."""
    try:
        yield
    except KeyboardInterrupt as error:
        error.add_note(line)
        raise
