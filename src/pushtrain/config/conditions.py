"""The kinds of gate conditions: for each, its key in config.yaml, its texts, and when it holds. Pure."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from typing import Literal

Direction = Literal[1, -1, 0]  # higher is better, lower is better, unknown


@dataclass(frozen=True, kw_only=True, eq=False)
class ConditionKind:
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


def build_label(metric: str, by: str, aggregate: str) -> str:
    """Return a metric with its groups: `recall` without groups, `worst recall by region`."""
    return f"{aggregate} {metric} by {by}" if by else metric
