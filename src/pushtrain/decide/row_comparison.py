"""Compare the rows of a model that serves with those of its evaluation. Pure.

In: two tables. Out: RowComparison, which is part of the verdict and reads in one line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pushtrain.config.issue import quote
from pushtrain.decide.fields import MISSING, are_equal, find_scale
from pushtrain.decide.tables import Row

Subject = Literal["predictions"]
SHOWN = 40  # characters of a field
LABELS = {"predictions": "answers"}


@dataclass(frozen=True, kw_only=True)
class Difference:
    """The first difference: the row, from 1, the column, empty if a row has one field, and both values as people read
    them.
    """

    row: int
    column: str
    evaluation: str
    serving: str


@dataclass(frozen=True, kw_only=True)
class RowComparison:
    """How the rows of the serving test compare with those that evaluation.py wrote.

    `impossible`: a file is missing or the tables have different shapes; `reason` says it. `rows` are those of both,
    `different` is the number of rows that are not equal.
    """

    subject: Subject
    outcome: Literal["equal", "different", "impossible"]
    reason: str = ""
    rows: int = 0
    different: int = 0
    first: Difference | None = None

    @property
    def holds(self) -> bool:
        """True if the rows are equal."""
        return self.outcome == "equal"

    @property
    def label(self) -> str:
        """What is compared, in a word: `answers`."""
        return LABELS[self.subject]

    def describe(self) -> str:
        """Return one line: `3 of 5 rows differ from evaluation's predictions; first: row 2, evaluation 1, model 0`."""
        if self.first is None:
            return f"{count_rows(self.rows)} as in evaluation" if self.holds else f"not compared: {self.reason}"
        place = f"row {self.first.row}{', column ' if self.first.column else ''}{self.first.column}"
        return (
            f"{self.different} of {count_rows(self.rows)} differ{'s' if self.different == 1 else ''} from evaluation's "
            f"{self.subject}; first: {place}, evaluation {self.first.evaluation}, model {self.first.serving}"
        )


def count_rows(number: int) -> str:
    """Return `1 row` or `5 rows`."""
    return f"{number} row{'s' if number != 1 else ''}"


def compare_rows(subject: Subject, evaluation: Sequence[Row], serving: Sequence[Row]) -> RowComparison:
    """Compare two tables with as many rows, field by field."""
    width = max(map(len, evaluation), default=0)
    scales = [find_scale(row[column] for row in evaluation if column < len(row)) for column in range(width)]
    different, first = 0, None
    for number, (expected, actual) in enumerate(zip(evaluation, serving, strict=True), start=1):
        if difference := _find_difference(number, expected, actual, scales):
            different, first = different + 1, first or difference
    outcome: Literal["equal", "different"] = "different" if first else "equal"
    return RowComparison(subject=subject, outcome=outcome, rows=len(evaluation), different=different, first=first)


def _find_difference(number: int, expected: Row, actual: Row, scales: Sequence[float]) -> Difference | None:
    if len(expected) != len(actual):
        texts = [f"{len(row)} field{'s' if len(row) != 1 else ''}" for row in (expected, actual)]
        return Difference(row=number, column="", evaluation=texts[0], serving=texts[1])
    for column, (one, other) in enumerate(zip(expected, actual, strict=True)):
        if not are_equal(one, other, scales[column]):
            name = str(column + 1) if len(expected) > 1 else ""
            return Difference(row=number, column=name, evaluation=_show(one), serving=_show(other))
    return None


def _show(field: str) -> str:
    """Return a field for people: a number as it is, a text in quotes."""
    if field.strip().lower() in MISSING:
        return "missing"
    return field if _is_number(field) else quote(field, SHOWN)


def _is_number(field: str) -> bool:
    try:
        float(field)
    except ValueError:
        return False
    return len(field) <= SHOWN and field.isprintable()
