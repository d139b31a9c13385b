"""Hints: how to call this program again, and what happens to a run after Ctrl-C."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pushtrain.local.platform import short_path


def find_program() -> str:
    """Return the command that calls this program from this terminal: its name, or its path if it is not on PATH."""
    return "pushtrain" if shutil.which("pushtrain") else short_path(Path(sys.argv[0]))


@contextmanager
def note_on_interrupt(line: str) -> Iterator[None]:
    """If Ctrl-C ends the context, add `line` as a note. The command line prints it below `interrupted`."""
    try:
        yield
    except KeyboardInterrupt as error:
        error.add_note(line)
        raise
