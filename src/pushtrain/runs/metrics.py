"""evaluation.json -> metrics. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping


def flat_metrics(evaluation: object) -> dict[str, float]:
    """All finite numeric leaves of evaluation.json but those in arrays, by dotted path; a key with a dot is quoted."""
    return {path: value for path, value in _leaves(evaluation, ()) if math.isfinite(value)}


def not_finite(evaluation: object) -> list[str]:
    """Paths of NaN and Infinity: JSON has neither, but Python writes them all the same."""
    return [path for path, value in _leaves(evaluation, ()) if not math.isfinite(value)]


def _leaves(node: object, path: tuple[str, ...]) -> Iterator[tuple[str, float]]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            yield from _leaves(value, (*path, f"'{key}'" if "." in key else key))
    elif isinstance(node, (int, float)) and not isinstance(node, bool):
        yield ".".join(path), node
