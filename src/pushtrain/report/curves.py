"""What a training script logged -> curves. Pure, but for the clock that ends a slow search.

In: lines of the log and the job's MetricDefinitions, the regular expressions by which SageMaker itself finds metrics.
Out: one Curve for each name that was logged at least twice. The expressions are a user's and run in our function, where
one that goes back and forth without end would cost a report, and AWS's whole patience with the event.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

from pushtrain.config.values.mappings import compile_regex
from pushtrain.report.scale import LARGEST_VALUE, spread_indices

LINE = 4_000  # characters of a line that are looked at
# `{3}`, `{1,3}` and `{2,}`: what they repeat is written out when an expression is compiled, one within another as often
# as both together, so that `(a{60000}){60000}` would take all memory. None that finds a number comes near WIDEST.
COUNT = re.compile(r"\{(\d*),?(\d*)\}")
WIDEST = 10_000
SECONDS = 60.0  # that all expressions of a job may take together, each its share


@dataclass(frozen=True, kw_only=True)
class Curve:
    """`points` is (how many were logged so far, value); `count` how many there were before some were left out."""

    name: str
    points: tuple[tuple[int, float], ...]
    count: int


class Search:
    """One expression over a log; once it has taken `seconds` it finds nothing, not even what it had found."""

    def __init__(self, pattern: Any, seconds: float) -> None:
        self._pattern = pattern
        self._left = seconds
        self.values: list[float] = []

    def look(self, line: str) -> None:
        """Keep the number in `line`, if there is one."""
        if self._left <= 0:
            return
        until, found = time.monotonic() + self._left, None
        try:
            found = self._pattern.search(line, timeout=self._left)
            self._left = until - time.monotonic()
        except (TimeoutError, MemoryError):
            self._left = 0.0
        if self._left <= 0:
            self.values = []
        elif found and found.groups() and (value := _number(found[1])) is not None:
            self.values.append(value)


def read_curves(
    lines: Iterable[str], definitions: Iterable[Mapping[str, str]], *, seconds: float = SECONDS
) -> tuple[Curve, ...]:
    """The curves, in the order of the definitions. One that cannot be compiled finds nothing."""
    listed = list(definitions)
    searches = dict(_searches(listed, seconds / max(1, len(listed))))
    for line in lines:
        for search in searches.values():
            search.look(line[:LINE])
    found = {name: search.values for name, search in searches.items() if len(search.values) > 1}
    return tuple(Curve(name=name, points=thin_out(each), count=len(each)) for name, each in found.items())


def thin_out(values: Sequence[float]) -> tuple[tuple[int, float], ...]:
    """Some of the values, spread evenly, with their places from 1."""
    return tuple((place + 1, values[place]) for place in spread_indices(len(values)))


def _searches(definitions: Iterable[Mapping[str, str]], seconds: float) -> Iterator[tuple[str, Search]]:
    import regex  # noqa: PLC0415 - not for who draws no curve; unlike `re` it can be told when to stop

    for each in definitions:
        counts = (max(int(low or 0), int(high or 0)) for low, high in COUNT.findall(each["Regex"]))
        if prod(max(1, count) for count in counts) > WIDEST:
            continue
        try:
            compile_regex(each["Regex"])  # `regex` knows more, such as expressions that hold themselves
            yield each["Name"], Search(regex.compile(each["Regex"]), seconds)
        except (re.error, regex.error, OverflowError, RecursionError):
            continue


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if abs(value) <= LARGEST_VALUE else None  # which NaN is not either
