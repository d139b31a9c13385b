"""Each kind of condition: its key, its truth and the range of allowed values agree."""

from __future__ import annotations

from math import inf

import pytest

from pushtrain.config import CONDITION_KINDS, ConditionKind
from pushtrain.config.conditions import ABOVE, AT_LEAST, AT_MOST, BELOW, parse_champion_bound

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


@pytest.mark.parametrize(
    ("text", "champion", "bound"),
    [
        ("champion", 0.9, 0.9),
        ("champion + 0.002", 0.9, 0.902),
        ("champion+0.1", 0.2, 0.3),
        ("champion - 1%", 0.9, 0.891),
        ("champion - 1%", -200, -202.0),
        ("champion + 10%", 50, 55.0),
        (" champion  -  5 ", 3, -2.0),
    ],
)
def test_a_bound_is_computed_exactly_from_the_value_of_the_champion(text: str, champion: float, bound: float) -> None:
    assert parse_champion_bound(text).compute(champion) == bound


@pytest.mark.parametrize("text", ["champion", "champion + 0.002", "champion - 1%", "champion + 12.5%"])
def test_a_bound_is_written_as_it_is_read(text: str) -> None:
    assert str(parse_champion_bound(text.replace(" ", ""))) == text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("champoin + 0.1", "'champoin + 0.1' is no bound. Did you mean 'champion + 0.1'?"),
        ("Champion - 1%", "'Champion - 1%' is no bound. Did you mean 'champion - 1%'?"),
        ("champion + 0,002", "'champion + 0,002' is no bound. Did you mean 'champion + 0.002'?"),
        ("0.9", "'0.9' is no bound. Write the number without quotes: 0.9"),
        (
            "챔피언",
            "'챔피언' is no bound. Write a number, or champion, champion + 0.002 or champion - 1%",
        ),
        (
            "champion * 2",
            "'champion * 2' is no bound. Write a number, or champion, champion + 0.002 or champion - 1%",
        ),
    ],
)
def test_another_text_says_what_to_write(text: str, message: str) -> None:
    with pytest.raises(ValueError, match="is no bound") as raised:
        parse_champion_bound(text)
    assert str(raised.value) == message
