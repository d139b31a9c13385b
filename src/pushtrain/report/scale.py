"""Choose axis ticks, and format numbers as text. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence

TINY, LARGE = 1e-3, 1e5
INVISIBLE, LONG = 1e-8, 1e9  # smaller and larger values have an exponent
HUGE = 1e15  # larger values are no counts
ROUNDED_AWAY = 5e-5  # a smaller difference would be 0.0000
MAX_POINTS = 400  # more points than a chart of this width can show
LARGEST_VALUE = 1e150  # larger values are no measurements; up to here, differences and squares are finite
FINEST = 1e-12  # relative: values that differ by less are drawn as one


def choose_ticks(low: float, high: float, about: int = 4) -> tuple[float, ...]:
    """Return round numbers that enclose low..high, about `about` steps of 1, 2 or 5 times a power of ten."""
    low, high = (min(max(end, -LARGEST_VALUE), LARGEST_VALUE) for end in (low, high))
    magnitude = max(abs(low), abs(high), 1 / LARGEST_VALUE)
    if high - low <= magnitude * FINEST:
        margin = magnitude / 10 if magnitude > 1 / LARGEST_VALUE else 0.5
        low, high = low - margin, high + margin
    target_step = (high - low) / about
    power = 10.0 ** math.floor(math.log10(target_step))
    step = next(power * factor for factor in (1, 2, 5, 10) if target_step <= power * factor * (1 + 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return tuple(round(index * step, 12 - math.floor(math.log10(step))) for index in range(first, last + 1))


def spread_indices(count: int) -> list[int]:
    """Return at most MAX_POINTS indices of `count` values, evenly spaced, with the first and the last."""
    step = max(1, math.ceil(count / (MAX_POINTS - 1)))
    return sorted({*range(0, count, step), count - 1})


def format_number(value: float) -> str:
    """Format with four decimals, so that a column lines up; counts as integers."""
    return format_alike([value])[0]


def format_alike(values: Sequence[float]) -> list[str]:
    """Format the numbers of one row: as integers if all are counts, else each with four decimals.

    A value that is smaller gets as many decimals as its first two digits need: 0.00096. Only values that would be very
    long have an exponent.
    """
    if are_counts(values):
        return [use_minus_sign(f"{value:,.0f}") for value in values]
    return [use_minus_sign(_format_decimals(value, TINY)) for value in values]


def are_counts(values: Sequence[float]) -> bool:
    """Return True if all values are whole, and one of them is larger than 1."""
    are_whole = all(math.isfinite(value) and abs(value) < HUGE and value == int(value) for value in values)
    return are_whole and any(abs(value) > 1 for value in values)


def _format_decimals(value: float, smallest: float) -> str:
    """Format with four decimals; a value below `smallest` with as many as two of its digits need."""
    size = abs(value)
    if not math.isfinite(value):
        return f"{value}"
    if size and not INVISIBLE <= size < LONG:
        return f"{value:.3e}"
    if size and size < smallest:
        return f"{value:.{1 - math.floor(math.log10(size))}f}"
    return f"{value:,.4f}" if size < LARGE else f"{value:,.1f}"


def format_tick(value: float) -> str:
    """Format as short as possible, because an axis has little room."""
    return use_minus_sign(f"{value:.4g}")


def format_signed(value: float, *, is_count: bool = False) -> str:
    """Format the difference of two numbers of a row, with a sign: +0.0010. `is_count`: both are counts."""
    text = f"{value:,.0f}" if is_count else _format_decimals(value, ROUNDED_AWAY)
    return f"+{text}" if value > 0 else use_minus_sign(text)


def format_duration(seconds: float) -> str:
    """Format seconds as `4.2 s`, `3 min 20 s` or `2 h 05 min`."""
    if seconds < 60:  # noqa: PLR2004  a minute
        return f"{seconds:.1f} s"
    minutes, rest_seconds = divmod(round(seconds), 60)
    if minutes < 60:  # noqa: PLR2004  an hour
        return f"{minutes} min {rest_seconds:02d} s"
    return f"{minutes // 60} h {minutes % 60:02d} min"


def format_time(time: str) -> str:
    """Format ISO 8601 in UTC as `2026-11-21 07:00 UTC`."""
    return f"{time[:16].replace('T', ' ')} UTC" if time else ""


def use_minus_sign(text: str) -> str:
    """Replace a leading hyphen by the minus sign, which is as wide as a digit."""
    return text.replace("-", "−", 1) if text.startswith("-") else text
