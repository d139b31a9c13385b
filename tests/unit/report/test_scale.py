from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pushtrain.report.scale import (
    choose_ticks,
    format_alike,
    format_duration,
    format_number,
    format_signed,
    format_tick,
)

SANE = st.floats(-1e12, 1e12, allow_nan=False)


@given(SANE, SANE)
def test_ticks_enclose_what_is_drawn_and_are_few(one: float, other: float) -> None:
    low, high = sorted((one, other))
    found = choose_ticks(low, high)
    room = (found[-1] - found[0]) * 1e-6
    assert found[0] <= low + room
    assert found[-1] >= high - room
    assert 2 <= len(found) <= 9
    assert all(math.isfinite(tick) for tick in found)


ANY = st.floats(allow_nan=False, allow_infinity=False)


@given(ANY, ANY)
def test_whatever_is_drawn_has_an_axis(one: float, other: float) -> None:
    found = choose_ticks(min(one, other), max(one, other))
    assert found[-1] > found[0]
    assert len(found) <= 10
    assert format_number(one - other)


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.9649, "0.9649"), (1.0, "1.0000"), (569.0, "569"), (0.0, "0.0000"), (-0.5, "−0.5000"),
     (0.00001, "0.000010"), (0.0009597, "0.00096"), (1e-9, "1.000e-09"),
     (1234567.5, "1,234,567.5"), (-0.00012, "−0.00012"), (1e300, "1.000e+300"), (12345.0, "12,345"),
     (float("-inf"), "−inf")],
)  # fmt: skip
def test_numbers_line_up(value: float, shown: str) -> None:
    assert format_number(value) == shown


def test_the_numbers_of_a_row_have_one_format() -> None:
    assert format_alike([1.0, 2.0]) == ["1", "2"]
    assert format_alike([1.0, 2.5]) == ["1.0000", "2.5000"]
    assert format_alike([2.0, 0.5, 1e16]) == ["2.0000", "0.5000", "1.000e+16"]
    assert format_alike([]) == []


def test_signs_and_times() -> None:
    assert [format_signed(value) for value in (0.1, -0.1, 0.0)] == ["+0.1000", "−0.1000", "0.0000"]
    assert [format_signed(value) for value in (0.0009597, -0.00001, 1e-12)] == ["+0.0010", "−0.000010", "+1.000e-12"]
    assert [format_signed(value, is_count=True) for value in (1200.0, -1.0, 0.0)] == ["+1,200", "−1", "0"]
    assert format_tick(-0.25) == "−0.25"
    assert [format_duration(s) for s in (4.21, 200, 59.99, 7500)] == ["4.2 s", "3 min 20 s", "60.0 s", "2 h 05 min"]
