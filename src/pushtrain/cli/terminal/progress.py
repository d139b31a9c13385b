"""The live line of a job that runs: a bar against what its step usually takes. Pure.

In: the step, its seconds so far, its usual seconds where there were runs before. Out: one line of text.
"""

from __future__ import annotations

SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
WIDTH = 16
LONG = 120  # seconds; beyond, tenths are noise


def format_progress(step: str, seconds: float, usual: float | None, *, turn: int) -> str:
    """`⠋ train         3.2 s of about 4.5 s  ━━━━━━━━━━━─────`; without a usual time, the seconds alone."""
    head = f"  {SPINNER[turn % len(SPINNER)]} {step:<10}  {format_duration(seconds):>8}"
    return f"{head} of about {format_duration(usual)}  {format_bar(seconds / usual)}" if usual else head


def format_duration(seconds: float) -> str:
    """`8.1 s`, and from two minutes on `1:30:05`."""
    if seconds < LONG:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"


def format_bar(fraction: float) -> str:
    """Full where it takes longer than usual: only the end of the job is the end."""
    full = min(WIDTH, round(fraction * WIDTH))
    return "━" * full + "─" * (WIDTH - full)
