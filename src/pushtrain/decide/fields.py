"""Fields of two tables: what counts as equal. Pure.

In: texts as they stand in a CSV, or as JSON writes them. Texts are equal exactly, numbers within a tolerance.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from decimal import Decimal

RELATIVE_TOLERANCE = 1e-4
COLUMN_TOLERANCE = 1e-6  # of the largest number in the column: below it, a float32 has no digits
_WHOLE = re.compile(r"[+-]?\d+")
MISSING = frozenset({"", "nan", "null"})
BOOLEANS = frozenset({"true", "false"})


def are_equal(one: str, other: str, scale: float) -> bool:
    """Return True if two fields have the same value. `scale` is that of their column.

    NaN, null and an empty field are all missing. `True` is `true`. Numbers that both sides write without a point are
    equal only exactly: they may be classes.
    """
    if one == other:
        return True
    words = {one.strip().lower(), other.strip().lower()}
    if words <= MISSING or (words <= BOOLEANS and len(words) == 1):
        return True
    if _WHOLE.fullmatch(one) and _WHOLE.fullmatch(other):
        return Decimal(one) == Decimal(other)
    numbers = [_read_number(field) for field in (one, other)]
    first, second = numbers
    if first is None or second is None:
        return False
    return math.isclose(first, second, rel_tol=RELATIVE_TOLERANCE, abs_tol=COLUMN_TOLERANCE * scale)


def find_scale(column: Iterable[str]) -> float:
    """Return the largest size of a number in a column; 0 if it has none."""
    numbers = (_read_number(field) for field in column)
    return max((abs(number) for number in numbers if number is not None and math.isfinite(number)), default=0.0)


def _read_number(field: str) -> float | None:
    try:
        return None if "_" in field else float(field)
    except ValueError:
        return None
