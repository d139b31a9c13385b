"""Write the values of each file of a model, or why they cannot be read."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from .dump import Dump
from .formats import UnknownFormat, read_member
from .walk import Walker

LONGEST_REASON = 200  # characters


def extract_members(folder: Path, members: Iterable[str], dump: Dump) -> None:
    """Write the values of `members`, which are paths below `folder`. An error of one does not end the others."""
    for name in members:
        dump.begin_member(name)
        dump.end_member(_extract(folder, name, dump))


def _extract(folder: Path, name: str, dump: Dump) -> str:
    """Return why a file could not be read; empty if it was. The code of a model may raise anything."""
    try:
        Walker(dump).walk(read_member(folder, name), "")
    except UnknownFormat:
        return "only its bytes were compared: its format is not one whose values pushtrain reads"
    except RecursionError:
        return "its objects are nested too deeply"
    except BaseException as error:  # noqa: BLE001 - also SystemExit, which a model may raise
        lines = str(error).strip().splitlines() or [""]
        return f"{type(error).__name__}: {lines[0]}"[:LONGEST_REASON]
    return ""
