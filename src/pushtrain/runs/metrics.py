"""evaluation.json -> metrics. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

# A script may write anything: no name is longer (in characters) or lies deeper than the first, and no more are read.
MAX_PATH_LENGTH = 500
MAX_LEAVES = 100_000


def flatten_metrics(evaluation: object) -> dict[str, float]:
    """The finite numeric leaves of evaluation.json but those in arrays, by dotted path; a key with a dot is quoted."""
    return {path: value for path, value in islice(_leaves(evaluation), MAX_LEAVES) if _is_finite(value)}


def format_metric_path(keys: Sequence[str]) -> str:
    """The dotted path of a metric: a key that itself holds a dot is quoted."""
    return ".".join(f"'{key}'" if "." in key else key for key in keys)


def find_non_finite(evaluation: object) -> list[str]:
    """Paths of NaN and Infinity: JSON has neither, but Python writes them all the same."""
    return [path for path, value in islice(_leaves(evaluation), MAX_LEAVES) if not _is_finite(value)]


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number that no float can hold
        return False


def _leaves(node: object, path: tuple[str, ...] = (), room: int = MAX_PATH_LENGTH) -> Iterator[tuple[str, float]]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            if len(key) < room:
                yield from _leaves(value, (*path, key), room - len(key) - 1)
    elif isinstance(node, (int, float)) and not isinstance(node, bool):
        yield format_metric_path(path), node
