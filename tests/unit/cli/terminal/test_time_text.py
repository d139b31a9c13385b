"""Points in time as text, in UTC."""

from __future__ import annotations

from pushtrain.cli.terminal.time_text import format_minute, format_time

EPOCH = 1795244461.9  # 2026-11-21 07:01:01 UTC


def test_times_are_in_utc_wherever_the_computer_is() -> None:
    assert format_time(EPOCH) == "2026-11-21T07:01:01+00:00"
    assert format_minute(EPOCH) == "2026-11-21 07:01"
