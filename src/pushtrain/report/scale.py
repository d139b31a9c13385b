"""Numbers on an axis, and numbers as text. Pure."""

from __future__ import annotations

import math

TINY, LARGE = 1e-3, 1e5
MAX_POINTS = 400  # more than a chart of this width can show
LARGEST_VALUE = 1e150  # what is beyond is no measurement; below it, differences and squares are numbers
FINEST = 1e-12  # of a number: what differs by less is drawn as one


def choose_ticks(low: float, high: float, about: int = 4) -> tuple[float, ...]:
    """Round numbers that enclose low..high, `about` steps of 1, 2 or 5 times a power of ten apart."""
    low, high = (min(max(end, -LARGEST_VALUE), LARGEST_VALUE) for end in (low, high))
    size = max(abs(low), abs(high), 1 / LARGEST_VALUE)
    if high - low <= size * FINEST:
        room = size / 10 if size > 1 / LARGEST_VALUE else 0.5
        low, high = low - room, high + room
    rough = (high - low) / about
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * nice for nice in (1, 2, 5, 10) if rough <= power * nice * (1 + 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return tuple(round(place * step, 12 - math.floor(math.log10(step))) for place in range(first, last + 1))


def spread_indices(count: int) -> list[int]:
    """Places of at most POINTS of `count` things, evenly far apart, the first and the last among them."""
    step = max(1, math.ceil(count / (MAX_POINTS - 1)))
    return sorted({*range(0, count, step), count - 1})


def format_number(value: float) -> str:
    """Four decimals where that says something, so that a column of them lines up; counts as whole numbers."""
    if not math.isfinite(value):
        return use_minus_sign(f"{value}")
    if value == int(value) and abs(value) > 1:
        return use_minus_sign(f"{value:,.0f}") if abs(value) < 1e15 else f"{value:.3e}"  # noqa: PLR2004
    if value and not TINY <= abs(value) < LARGE:
        return use_minus_sign(f"{value:.3e}")
    return use_minus_sign(f"{value:,.4f}")


def format_tick(value: float) -> str:
    """As short as it can be: an axis has little room."""
    return use_minus_sign(f"{value:.4g}")


def format_signed(value: float) -> str:
    """With its sign, also where it is positive."""
    return f"+{format_number(value)}" if value > 0 else format_number(value)


def format_duration(seconds: float) -> str:
    """`4.2 s`, `3 min 20 s`, `2 h 05 min`."""
    if seconds < 60:  # noqa: PLR2004  a minute
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:  # noqa: PLR2004  an hour
        return f"{minutes} min {rest:02d} s"
    return f"{minutes // 60} h {minutes % 60:02d} min"


def use_minus_sign(text: str) -> str:
    """With the minus sign that is as wide as a digit."""
    return text.replace("-", "−", 1) if text.startswith("-") else text
