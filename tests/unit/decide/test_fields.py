"""What counts as the same value in an answer and in a prediction."""

from __future__ import annotations

import pytest

from pushtrain.decide.fields import are_equal, find_scale


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("0.913", "0.91300001", True),
        ("0.913", "0.914", False),
        ("523000000.0", "523000032.0", True),  # the next float32
        ("1", "1.0", True),
        ("10001", "10002", False),  # two classes, though their numbers are near
        ("007", "7", True),
        ("9" * 5000, "9" * 5000 + "1", False),
        ("양호", "양호", True),
        ("yes", "Yes", False),
        ("yes ", "yes", False),
        ("True", "true", True),
        ("true", "1", False),
        ("nan", "", True),
        ("null", "NaN", True),
        ("", "0", False),
        ("nan", "yes", False),
        ("1_000", "1000", False),
        ("inf", "Infinity", True),
        ("inf", "1e308", False),
    ],
)
def test_texts_are_equal_exactly_and_numbers_nearly(one: str, other: str, equal: bool) -> None:
    assert are_equal(one, other, 0) is equal
    assert are_equal(other, one, 0) is equal


def test_what_is_nothing_beside_the_rest_of_its_column_is_no_difference() -> None:
    scale = find_scale(["0.9", "-1.0", "nan", "inf", "yes"])
    assert scale == 1
    assert are_equal("1e-9", "3e-9", scale)
    assert not are_equal("1e-9", "3e-9", find_scale(["1e-9", "2e-9"]))
    assert find_scale(["yes"]) == 0
