"""The kinds of gate conditions: for each, its key in config.yaml, its texts, and when it holds. Pure.

A bound is a number, or is computed from the value of the champion: `champion + 0.002`, `champion - 1%`.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from decimal import Decimal
from math import inf
from typing import Literal

from msgspec import Struct

from pushtrain.catalog.suggest import find_closest
from pushtrain.config.issue import quote

Direction = Literal[1, -1, 0]  # higher is better, lower is better, unknown


class ConditionKind(Struct, frozen=True, kw_only=True, eq=False):
    """One way to compare a metric's value with the bound in config.yaml, such as `at_least: 0.9`. Each is one object.

    `key` is its key in config.yaml; `Condition` has a field of that name. `description` explains it in the schema.
    `symbol` is for people, `ascii_symbol` for the reason in the output of a run. `direction` says which way is better.
    `holds(value, bound)` tells whether a finite value meets the condition.
    `find_range(bound)` returns the lowest and the highest value that can hold, such as (0.9, inf).
    """

    key: str
    description: str
    symbol: str
    ascii_symbol: str
    direction: Direction
    holds: Callable[[float, float], bool]
    find_range: Callable[[float], tuple[float, float]]


AT_LEAST = ConditionKind(
    key="at_least",
    description="The metric must be this or more.",
    symbol="≥",
    ascii_symbol=">=",
    direction=1,
    holds=operator.ge,
    find_range=lambda bound: (bound, inf),
)
AT_MOST = ConditionKind(
    key="at_most",
    description="The metric must be this or less.",
    symbol="≤",
    ascii_symbol="<=",
    direction=-1,
    holds=operator.le,
    find_range=lambda bound: (-inf, bound),
)
ABOVE = ConditionKind(
    key="above",
    description="The metric must be more than this.",
    symbol=">",
    ascii_symbol=">",
    direction=1,
    holds=operator.gt,
    find_range=lambda bound: (bound, inf),
)
BELOW = ConditionKind(
    key="below",
    description="The metric must be less than this.",
    symbol="<",
    ascii_symbol="<",
    direction=-1,
    holds=operator.lt,
    find_range=lambda bound: (-inf, bound),
)

CONDITION_KINDS = (AT_LEAST, AT_MOST, ABOVE, BELOW)  # in the order of the fields of `Condition`


CHAMPION = "champion"
_CHAMPION_BOUND = re.compile(rf"{CHAMPION}(?:\s*([+-])\s*(\d+(?:\.\d+)?)\s*(%)?)?", re.ASCII)
MAX_BOUND_LENGTH = 40


class ChampionBound(Struct, frozen=True, kw_only=True):
    """A bound that depends on the champion: `champion + 0.002`. `margin` is what is added; with `is_percent`, percent.

    Percent are those of the size of the champion's value. So `champion - 1%` is below the champion also if that value
    is negative.
    """

    margin: Decimal
    is_percent: bool

    def __str__(self) -> str:
        if not self.margin:
            return CHAMPION
        sign = "-" if self.margin < 0 else "+"
        return f"{CHAMPION} {sign} {abs(self.margin):f}{'%' if self.is_percent else ''}"

    def compute(self, value: float) -> float:
        """Return the bound for a value of the champion. It is exact: 0.9 and a margin of 0.002 give 0.902."""
        exact = Decimal(repr(value))
        return float(exact + (abs(exact) * self.margin / 100 if self.is_percent else self.margin))


Bound = float | ChampionBound


def parse_champion_bound(text: str) -> ChampionBound:
    """Read `champion`, `champion + 0.002` or `champion - 1%`. Raises ValueError with what to write for other texts."""
    match = _CHAMPION_BOUND.fullmatch(text.strip())
    if match is None or len(text) > MAX_BOUND_LENGTH:
        raise ValueError(f"{quote(text)} is no bound. {_suggest_bound(text)}")
    sign, number, percent = match.groups()
    return ChampionBound(margin=Decimal(f"{sign or ''}{number or 0}"), is_percent=bool(percent))


def _suggest_bound(text: str) -> str:
    """Suggest a bound for a text: with the word champion written right, with a point, or without quotes."""
    word = re.split(r"[^A-Za-z]", text.strip(), maxsplit=1)[0]
    corrected = re.sub(r"(?<=\d),(?=\d)", ".", text.strip())
    if word and find_closest(word.lower(), [CHAMPION]):
        corrected = CHAMPION + corrected[len(word) :]
    if len(text) <= MAX_BOUND_LENGTH and (bound := _CHAMPION_BOUND.fullmatch(corrected)):
        return f"Did you mean {quote(bound[0])}?"
    if re.fullmatch(r"[+-]?\d+(\.\d+)?", corrected):
        return f"Write the number without quotes: {corrected}"
    return f"Write a number, or {CHAMPION}, {CHAMPION} + 0.002 or {CHAMPION} - 1%"


def build_label(metric: str, by: str, aggregate: str) -> str:
    """Return a metric with its groups: `recall` without groups, `worst recall by region`."""
    return f"{aggregate} {metric} by {by}" if by else metric
