"""Facts that are not known."""

from __future__ import annotations

from pushtrain.record import UNKNOWN, omit_unknown


def test_a_fact_that_is_not_known_is_empty() -> None:
    assert (omit_unknown(UNKNOWN), omit_unknown(""), omit_unknown("kim@example.com")) == ("", "", "kim@example.com")
