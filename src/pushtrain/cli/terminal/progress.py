"""The live line of a running job: its step, its time so far, and a bar against the usual time of the step. Pure."""

from __future__ import annotations

from collections.abc import Iterable

SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
BAR_WIDTH = 16
STEP_WIDTH = 10  # columns of a step's name, at least
LONG = 120  # seconds; a longer time is shown without tenths


def format_progress(step: str, seconds: float, usual: float | None, *, turn: int, width: int = STEP_WIDTH) -> str:
    """Return the live line, such as `⠋ train         3.2 s of about 4.5 s  ━━━━━━━━━━━─────`.

    `seconds` is the time so far and `usual` the usual time of the step, also in seconds. If `usual` is None, the line
    has no bar. `turn` counts the repaints and turns the spinner. `width` is that of the column with the steps.
    """
    head = f"  {SPINNER[turn % len(SPINNER)]} {step:<{width}}  {format_duration(seconds):>8}"
    return f"{head} of about {format_duration(usual)}  {format_bar(seconds / usual)}" if usual else head


def measure_steps(steps: Iterable[str]) -> int:
    """Return the width of a column with these steps: the longest name, but at least STEP_WIDTH."""
    return max(STEP_WIDTH, *map(len, steps), 0)


def format_duration(seconds: float) -> str:
    """Return `8.1 s`, or `1:30:05` (hours, minutes, seconds) from two minutes on."""
    if seconds < LONG:
        return f"{seconds:.1f} s"
    minutes, remainder = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{remainder:02}"


def format_bar(fraction: float) -> str:
    """Return a bar of BAR_WIDTH characters. It is full if `fraction` is 1 or more: the job takes longer than usual."""
    filled = min(BAR_WIDTH, round(fraction * BAR_WIDTH))
    return "━" * filled + "─" * (BAR_WIDTH - filled)
