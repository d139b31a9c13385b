"""The bytecode of a new environment: linked to that of other environments with the same packages, else compiled.

In: the folder of an environment; the others are beside it. Out: a `.pyc` file for each module.
On two cores, compiling takes 7 s for scikit-learn and 34 s for transformers, and most model repos need such packages.
"""

from __future__ import annotations

import contextlib
import os
from importlib.util import cache_from_source
from pathlib import Path

NOT_COMPILED = r"[/\\](tests?|pip|setuptools)[/\\]"  # hardly ever imported by a script, but half of the files
MOST_COMPILERS = 8  # processes


def link_bytecode(home: Path, complete: str) -> None:
    """Link what the environments beside `home` have compiled of the same modules; those with a file `complete` count.

    A module is the same if RECORD has the same line for it, which holds its SHA-256. Bytecode also has the time and
    the size of its module: Python and compileall replace what does not fit.
    """
    others = [file.parent for file in home.parent.glob(f"*/{complete}")]
    for record in home.glob("lib/python*/site-packages/*.dist-info/RECORD"):
        twins = (other / record.relative_to(home) for other in others)
        twin = next((path for path in twins if path.is_file()), None)
        if twin:
            _link_package(record, twin)


def list_compiler_options() -> tuple[str, ...]:
    """Return what follows `python -m compileall`, before the folder. It leaves bytecode that fits as it is."""
    return ("-qq", "-j", str(min(os.cpu_count() or 1, MOST_COMPILERS)), "-x", NOT_COMPILED)


def _link_package(record: Path, twin: Path) -> None:
    for line in _list_lines(record) & _list_lines(twin):
        module = line.partition(",")[0]
        bytecode = Path(cache_from_source(str(record.parents[1] / module)))
        bytecode.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(OSError):  # not compiled there, or removed meanwhile: then it is compiled here
            bytecode.hardlink_to(cache_from_source(str(twin.parents[1] / module)))


def _list_lines(record: Path) -> set[str]:
    """Return the line of each module that a RECORD file lists with a hash: `PATH,sha256=HASH,SIZE`."""
    return {line for line in record.read_text("utf-8").splitlines() if ".py,sha256=" in line}
