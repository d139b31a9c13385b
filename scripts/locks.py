"""Reading locks: files of pinned requirements with hashes, as `make lock` writes them."""

from __future__ import annotations

import re

SOURCES_ONLY = ("stepfunctions",)  # published without a wheel; pure Python


def entries(lock: str) -> list[str]:
    """The text of a lock, one package each: `name==version` with its hashes."""
    return [entry for entry in re.split(r"^(?=\w)", lock, flags=re.MULTILINE) if "==" in entry]


def split(lock: str) -> tuple[str, str]:
    """The text of a lock as two: what has a wheel, and what has none and must be built."""
    sources = [entry for entry in entries(lock) if entry.partition("==")[0] in SOURCES_ONLY]
    return "".join(entry for entry in entries(lock) if entry not in sources), "".join(sources)
