"""The bytecode of a new environment: linked to that of other environments with the same packages, else compiled.

In: the folder of an environment; the others are beside it. Out: a `.pyc` file for each module.
On two cores, compiling takes 7 s for scikit-learn and 34 s for transformers, and most model repos need such packages.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Collection
from importlib.util import cache_from_source
from pathlib import Path

NOT_COMPILED = r"[/\\](tests?|pip|setuptools)[/\\]"  # hardly ever imported by a script, but half of the files
RECORDS = "lib/python*/site-packages/*.dist-info/RECORD"  # in an environment
MOST_COMPILERS = 8  # processes
FEW_MODULES = 200  # one process compiles them in half a second; to start others takes as long


def link_bytecode(home: Path, complete: str) -> None:
    """Link what the environments beside `home` have compiled of the same modules; those with a file `complete` count.

    A module is the same if RECORD has the same line for it, which holds its SHA-256. Bytecode also has the time and
    the size of its module: Python and compileall replace what does not fit.
    """
    others = [file.parent for file in home.parent.glob(f"*/{complete}")]
    for record in home.glob(RECORDS):
        lines = _list_lines(record)
        for twin in (other / record.relative_to(home) for other in others):
            if same := lines & _list_lines(twin):
                _link_package(record.parents[1], twin.parents[1], {line.partition(",")[0] for line in same})
                break


def list_compiler_options(home: Path) -> tuple[str, ...]:
    """Return what follows `python -m compileall`, before the folder. It leaves bytecode that fits as it is.

    One process compiles an environment with few modules, several processes any other.
    """
    lines = (line for record in home.glob(RECORDS) for line in _list_lines(record))
    modules = sum(not re.search(NOT_COMPILED, f"/{line}") for line in lines)
    processes = min(os.cpu_count() or 1, MOST_COMPILERS) if modules > FEW_MODULES else 1
    return ("-qq", "-j", str(processes), "-x", NOT_COMPILED)


def _link_package(folder: Path, other: Path, modules: Collection[str]) -> None:
    """Link the bytecode of some modules of a package. What cannot be linked is compiled later."""
    for module in modules:
        bytecode = Path(cache_from_source(str(folder / module)))
        with contextlib.suppress(OSError):  # not compiled there, or that environment was removed meanwhile
            bytecode.parent.mkdir(parents=True, exist_ok=True)
            bytecode.hardlink_to(cache_from_source(str(other / module)))


def _list_lines(record: Path) -> set[str]:
    """Return the line of each module that a RECORD file has with a hash: `PATH,sha256=HASH,SIZE`; none without a file.

    A path that leaves the folder of the packages is left out.
    """
    try:
        lines = record.read_text("utf-8", "replace").splitlines()
    except FileNotFoundError:
        return set()
    return {line for line in lines if ".py,sha256=" in line and ".." not in line and not line.startswith("/")}
