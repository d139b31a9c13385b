"""The Python packages that this process can import, for jobs that run in its own environment.

In: nothing. Out: their versions. They are read once, and again when a folder of `sys.path` has changed: pip adds and
removes folders there. Only the headers are parsed: the descriptions of 150 packages would take 0.2 s each time.
"""

from __future__ import annotations

import functools
import re
import sys
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

from pushtrain.local.container.packages import normalize_name

HEADER = re.compile(r"^(Name|Version):[ \t]*(.*\S)", re.MULTILINE | re.IGNORECASE)


def read_own_packages() -> Mapping[str, str]:
    """Return the version of each package of this process, by normalized name."""
    return _read(tuple((path, _read_change_time(path)) for path in sys.path))


@functools.lru_cache(maxsize=1)
def _read(folders: tuple[tuple[str, int], ...]) -> Mapping[str, str]:
    """Return the packages in `folders`, pairs of a path and the time of its last change."""
    distributions = metadata.distributions(path=[path for path, _ in folders])
    headers = (_read_headers(distribution) for distribution in distributions)
    # A distribution whose metadata is damaged has no name.
    return {normalize_name(header["name"]): header.get("version", "") for header in headers if "name" in header}


def _read_headers(distribution: metadata.Distribution) -> dict[str, str]:
    """Return the name and the version of a distribution; empty if its metadata is damaged."""
    text = distribution.read_text("METADATA") or distribution.read_text("PKG-INFO") or distribution.read_text("") or ""
    lines = HEADER.findall(text.partition("\n\n")[0])
    return {name.lower(): value for name, value in reversed(lines)}


def _read_change_time(path: str) -> int:
    """Return when a folder changed last, in nanoseconds since the epoch; 0 if there is no such folder."""
    try:
        return Path(path).stat().st_mtime_ns
    except OSError:
        return 0
