"""The live line of a running job: its time, its usual time and a bar."""

from __future__ import annotations

from pushtrain.cli.terminal.progress import format_bar, format_duration, format_progress, measure_steps


def test_a_bar_has_16_characters_and_is_full_at_the_usual_time() -> None:
    assert [format_bar(fraction) for fraction in (0, 0.5, 7)] == ["─" * 16, "━" * 8 + "─" * 8, "━" * 16]


def test_a_step_with_a_usual_time_has_a_bar() -> None:
    line = "  ⠋ train          3.0 s of about 6.0 s  ━━━━━━━━────────"
    assert format_progress("train", 3.0, 6.0, turn=0) == line
    assert format_progress("train", 3.0, None, turn=3) == "  ⠸ train          3.0 s"


def test_two_minutes_and_more_are_printed_as_hours_minutes_and_seconds() -> None:
    durations = [format_duration(seconds) for seconds in (0.04, 119.9, 125, 5405)]
    assert durations == ["0.0 s", "119.9 s", "0:02:05", "1:30:05"]


def test_a_column_of_steps_is_as_wide_as_the_longest_name() -> None:
    assert [measure_steps(steps) for steps in ((), ("train",), ("train", "split-customers"))] == [10, 10, 15]
    assert format_progress("train", 3.0, None, turn=0, width=15) == "  ⠋ train               3.0 s"
