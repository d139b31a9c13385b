"""A condition's bound and the champion's value, for people."""

from __future__ import annotations

from pushtrain.decide import format_bound, format_champion


def test_a_bound_that_depends_on_the_champion_shows_how() -> None:
    assert format_bound(0.9, "") == "0.9"
    assert format_bound(0.932, "champion + 0.002") == "champion + 0.002 = 0.932"
    assert format_bound(None, "champion + 0.002") == "champion + 0.002 (not compared)"


def test_the_champion_has_its_value_and_the_difference() -> None:
    assert format_champion(0.93, 0.004) == "champion 0.93, difference +0.004"
    assert format_champion(None, None) == format_champion(0.93, None) == ""
