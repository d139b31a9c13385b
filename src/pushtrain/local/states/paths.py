"""Read JSONPaths as Step Functions does: a definite path gives one value, every other path gives a list.

In: a path such as `$.m['macro avg'][0]` and the data. Out: the value. This module reads definite paths (names and
single indexes, letters of any script). Wildcards, slices and filters are left to jsonpath-ng.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

STEP = re.compile(
    r"""\.(?P<name>[^.\[\]()*?@$,:'"\s]+)        # .name, with hyphens and letters of any script
      | \[(?P<index>-?\d+)\]                     # [0]
      | \['(?P<single>(?:[^'\\]|\\.)*)'\]        # ['macro avg']
      | \["(?P<double>(?:[^"\\]|\\.)*)"\]        # ["macro avg"]
    """,
    re.VERBOSE,
)
ESCAPED = re.compile(r"\\(.)")


class NoValue(LookupError):
    """The data has no value at this path."""


@lru_cache(maxsize=1024)
def parse_definite_path(path: str) -> tuple[str | int, ...] | None:
    """Return the names and indexes of a path to one value: ("m", "macro avg", 0) for `$.m['macro avg'][0]`.

    Return None for a path that may have several values, because it has a wildcard, a slice or a filter.
    """
    steps: list[str | int] = []
    position = 1
    while position < len(path):
        match = STEP.match(path, position)
        if match is None:
            return None
        position = match.end()
        if match["index"] is not None:
            steps.append(int(match["index"]))
        else:
            quoted = match["single"] if match["single"] is not None else match["double"]
            steps.append(match["name"] if quoted is None else ESCAPED.sub(r"\1", quoted))
    return tuple(steps) if path.startswith("$") else None


def read_value(path: str, data: Any) -> Any:
    """Return the value at a definite path, or the list of values at any other path.

    Raises NoValue if the data has no value at a definite path.
    """
    steps = parse_definite_path(path)
    if steps is None:
        return [match.value for match in _compile(path).find(data)]
    for step in steps:
        is_readable = isinstance(data, list if isinstance(step, int) else dict)
        if not is_readable:
            raise NoValue(path)
        try:
            data = data[step]
        except LookupError as error:
            raise NoValue(path) from error
    return data


@lru_cache(maxsize=256)
def _compile(path: str) -> Any:
    from jsonpath_ng import ext  # noqa: PLC0415 - comes with moto

    return ext.parse(path)  # type: ignore[attr-defined]
