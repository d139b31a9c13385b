"""JSONPath as Step Functions reads it: one value for a definite path, a list for every other.

In: a path such as `$.m['macro avg'][0]` and the data. Out: the value. Definite paths (names and single indexes, any
letters) are read here; wildcards, slices and filters by jsonpath-ng.
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
    """The path leads nowhere in the data."""


@lru_cache(maxsize=1024)
def definite(path: str) -> tuple[str | int, ...] | None:
    """The steps of a definite path; None for any other text."""
    steps: list[str | int] = []
    at = 1
    while at < len(path):
        found = STEP.match(path, at)
        if found is None:
            return None
        at = found.end()
        if found["index"] is not None:
            steps.append(int(found["index"]))
        else:
            quoted = found["single"] if found["single"] is not None else found["double"]
            steps.append(found["name"] if quoted is None else ESCAPED.sub(r"\1", quoted))
    return tuple(steps) if path.startswith("$") else None


def value_at(path: str, data: Any) -> Any:
    """The value, or the list of values, at `path`. Raises NoValue where a definite path leads nowhere."""
    steps = definite(path)
    if steps is None:
        return [match.value for match in _compiled(path).find(data)]
    for step in steps:
        try:
            fits = isinstance(data, list if isinstance(step, int) else dict)
            data = data[step] if fits else _nowhere(path)
        except LookupError as error:
            raise NoValue(path) from error
    return data


def _nowhere(path: str) -> Any:
    raise NoValue(path)


@lru_cache(maxsize=256)
def _compiled(path: str) -> Any:
    from jsonpath_ng import ext  # noqa: PLC0415 - comes with moto

    return ext.parse(path)  # type: ignore[attr-defined]
