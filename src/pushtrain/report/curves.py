"""What a training script logged -> curves. Pure.

In: lines of the log and the job's MetricDefinitions, the regular expressions by which SageMaker itself finds metrics.
Out: one Curve for each name that was logged at least twice.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

POINTS = 400  # more than a chart of this width can show
LINE = 4_000  # characters of a line that are looked at: an expression of a user may be slow


@dataclass(frozen=True, kw_only=True)
class Curve:
    """`points` is (how many were logged so far, value); `count` how many there were before some were left out."""

    name: str
    points: tuple[tuple[int, float], ...]
    count: int


def read_curves(lines: Iterable[str], definitions: Iterable[Mapping[str, str]]) -> tuple[Curve, ...]:
    """The curves, in the order of the definitions. An expression that Python cannot compile finds nothing."""
    known = [(each["Name"], pattern) for each in definitions if (pattern := _compiled(each["Regex"]))]
    values: dict[str, list[float]] = {name: [] for name, _ in known}
    for line in lines:
        for name, pattern in known:
            found = pattern.search(line[:LINE])
            if found and found.groups() and (value := _number(found[1])) is not None:
                values[name].append(value)
    return tuple(Curve(name=name, points=thin(each), count=len(each)) for name, each in values.items() if len(each) > 1)


def thin(values: Sequence[float]) -> tuple[tuple[int, float], ...]:
    """At most POINTS of the values with their places from 1, the first and the last among them."""
    step = max(1, math.ceil(len(values) / (POINTS - 1)))
    places = sorted({*range(0, len(values), step), len(values) - 1})
    return tuple((place + 1, values[place]) for place in places)


def _compiled(expression: str) -> re.Pattern[str] | None:
    try:
        return re.compile(expression)
    except re.error:
        return None


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) else None
