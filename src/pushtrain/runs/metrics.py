"""Extract metrics from evaluation.json. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

# Limits, because a script may write anything: characters of a metric's path, and the number of values that are read.
MAX_PATH_LENGTH = 500
MAX_LEAVES = 100_000


def flatten_metrics(evaluation: object) -> dict[str, float]:
    """Return the finite numbers outside arrays, by dotted path; a key that contains a dot is quoted."""
    return {path: value for path, value in islice(_list_numbers(evaluation), MAX_LEAVES) if _is_finite(value)}


def format_metric_path(keys: Sequence[str]) -> str:
    """Join keys to a dotted path; a key that contains a dot is quoted."""
    return ".".join(f"'{key}'" if "." in key else key for key in keys)


def find_non_finite(evaluation: object) -> list[str]:
    """Return the paths of NaN and Infinity, which Python writes although JSON has neither."""
    return [path for path, value in islice(_list_numbers(evaluation), MAX_LEAVES) if not _is_finite(value)]


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # an integer that is too large for a float
        return False


def _list_numbers(
    node: object, path: tuple[str, ...] = (), max_length: int = MAX_PATH_LENGTH
) -> Iterator[tuple[str, float]]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            if len(key) < max_length:
                yield from _list_numbers(value, (*path, key), max_length - len(key) - 1)
    elif isinstance(node, (int, float)) and not isinstance(node, bool):
        yield format_metric_path(path), node
