"""Each kind of condition: its key, its truth and the range of allowed values agree."""

from __future__ import annotations

from math import inf

import pytest

from pushtrain.config import CONDITION_KINDS, ConditionKind
from pushtrain.config.conditions import ABOVE, AT_LEAST, AT_MOST, BELOW

BOUND = 0.5
VALUES = (-1e300, -0.5, 0.0, 0.4, 0.499999, 0.5, 0.500001, 0.6, 1.0, 1e300)
each_kind = pytest.mark.parametrize("kind", CONDITION_KINDS, ids=lambda kind: kind.key)


@pytest.mark.parametrize(
    ("kind", "below", "equal", "above"),
    [
        (AT_LEAST, False, True, True),
        (AT_MOST, True, True, False),
        (ABOVE, False, False, True),
        (BELOW, True, False, False),
    ],
    ids=lambda value: getattr(value, "key", None),
)
def test_a_kind_holds_as_its_key_says(kind: ConditionKind, below: bool, equal: bool, above: bool) -> None:
    assert [kind.holds(value, BOUND) for value in (0.4, BOUND, 0.6)] == [below, equal, above]


@each_kind
def test_a_value_that_holds_lies_in_the_range(kind: ConditionKind) -> None:
    low, high = kind.find_range(BOUND)
    assert all(low <= value <= high for value in VALUES if kind.holds(value, BOUND))
    assert (low, high) != (-inf, inf)


@each_kind
def test_the_direction_leads_away_from_the_excluded_side(kind: ConditionKind) -> None:
    assert kind.direction == kind.holds(1e300, BOUND) - kind.holds(-1e300, BOUND)


def test_keys_and_symbols_are_unique() -> None:
    for name in ("key", "symbol", "ascii_symbol", "description"):
        texts = [getattr(kind, name) for kind in CONDITION_KINDS]
        assert len(set(texts)) == len(texts)
