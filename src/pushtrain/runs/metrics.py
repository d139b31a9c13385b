"""evaluation.json -> metrics. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence


def flat_metrics(evaluation: object) -> dict[str, float]:
    """All finite numeric leaves of evaluation.json but those in arrays, by dotted path; a key with a dot is quoted."""
    return {path: value for path, value in _leaves(evaluation, ()) if math.isfinite(value)}


def metric_name(keys: Sequence[str]) -> str:
    """The dotted path of a metric: a key that itself holds a dot is quoted."""
    return ".".join(f"'{key}'" if "." in key else key for key in keys)


def not_finite(evaluation: object) -> list[str]:
    """Paths of NaN and Infinity: JSON has neither, but Python writes them all the same."""
    return [path for path, value in _leaves(evaluation, ()) if not math.isfinite(value)]


def _leaves(node: object, path: tuple[str, ...]) -> Iterator[tuple[str, float]]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            yield from _leaves(value, (*path, key))
    elif isinstance(node, (int, float)) and not isinstance(node, bool):
        yield metric_name(path), node
