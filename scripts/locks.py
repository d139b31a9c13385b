"""Reading locks: files of pinned requirements with hashes, as `make lock` writes them."""

from __future__ import annotations

import re
from collections.abc import Container

SOURCES_ONLY = ("stepfunctions",)  # published without a wheel; pure Python
# Published with one wheel for each Python (py310, py313): pip takes that of the Python it installs for, uv the oldest.
SEVERAL_WHEELS = ("multiprocess",)


def entries(lock: str) -> list[str]:
    """The text of a lock, one package each: `name==version` with its hashes."""
    return [entry for entry in re.split(r"^(?=\w)", lock, flags=re.MULTILINE) if "==" in entry]


def split(lock: str, names: Container[str]) -> tuple[str, str]:
    """The text of a lock as two: the other packages, and those with these names."""
    chosen = [entry for entry in entries(lock) if entry.partition("==")[0] in names]
    return "".join(entry for entry in entries(lock) if entry not in chosen), "".join(chosen)
