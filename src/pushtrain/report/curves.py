"""Extract training curves from a job's log. Pure, except for a clock that stops slow searches.

Input: the log's lines and the job's MetricDefinitions, the regular expressions that SageMaker uses to find metrics.
Output: a Curve for each metric that was logged at least twice. The expressions come from users and run in our Lambda
function. One that backtracks endlessly would prevent the report, so each has a time limit.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import prod
from typing import Any

from msgspec import Struct

from pushtrain.config.values.mappings import compile_regex
from pushtrain.report.scale import LARGEST_VALUE, spread_indices

LINE = 4_000  # characters of a line that are searched
# `{3}`, `{1,3}` and `{2,}`: compiling writes out each repetition, and nested counts multiply, so `(a{60000}){60000}`
# would take all memory. No expression that finds a number needs WIDEST repetitions.
COUNT = re.compile(r"\{(\d*),?(\d*)\}")
WIDEST = 10_000
SECONDS = 60.0  # for all expressions of a job together; each gets an equal share


class Curve(Struct, frozen=True, kw_only=True):
    """`points` are (how many values were logged so far, value). `count` is the number before thinning."""

    name: str
    points: tuple[tuple[int, float], ...]
    count: int


class Search:
    """One expression searching a log. After `seconds` in total it gives up and drops its values."""

    def __init__(self, pattern: Any, seconds: float) -> None:
        self._pattern = pattern
        self._left = seconds
        self.values: list[float] = []

    def search_line(self, line: str) -> None:
        """Add the number in `line`, if there is one."""
        if self._left <= 0:
            return
        deadline, match = time.monotonic() + self._left, None
        try:
            match = self._pattern.search(line, timeout=self._left)
            self._left = deadline - time.monotonic()
        except (TimeoutError, MemoryError):
            self._left = 0.0
        if self._left <= 0:
            self.values = []
        elif match and match.groups() and (value := _parse_number(match[1])) is not None:
            self.values.append(value)


def read_curves(
    lines: Iterable[str], definitions: Iterable[Mapping[str, str]], *, seconds: float = SECONDS
) -> tuple[Curve, ...]:
    """Return the curves in the order of the definitions. An invalid expression finds nothing."""
    definition_list = list(definitions)
    searches = dict(_compile_searches(definition_list, seconds / max(1, len(definition_list))))
    for line in lines:
        for search in searches.values():
            search.search_line(line[:LINE])
    values_by_name = {name: search.values for name, search in searches.items() if len(search.values) > 1}
    return tuple(
        Curve(name=name, points=thin_out(values), count=len(values)) for name, values in values_by_name.items()
    )


def thin_out(values: Sequence[float]) -> tuple[tuple[int, float], ...]:
    """Return evenly spaced values with their positions, which start at 1."""
    return tuple((index + 1, values[index]) for index in spread_indices(len(values)))


def _compile_searches(definitions: Iterable[Mapping[str, str]], seconds: float) -> Iterator[tuple[str, Search]]:
    import regex  # noqa: PLC0415 - slow to import, and only curves need it; unlike `re` it has timeouts

    for definition in definitions:
        counts = (max(int(low or 0), int(high or 0)) for low, high in COUNT.findall(definition["Regex"]))
        if prod(max(1, count) for count in counts) > WIDEST:
            continue
        try:
            compile_regex(definition["Regex"])  # `regex` accepts more than `re`, such as recursive expressions
            yield definition["Name"], Search(regex.compile(definition["Regex"]), seconds)
        except (re.error, regex.error, OverflowError, RecursionError):
            continue


def _parse_number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if abs(value) <= LARGEST_VALUE else None  # False for NaN, too
