"""Compare the rows of a model that serves with those of its evaluation. Pure.

In: two tables. Out: RowComparison, which is part of the verdict and reads in one line.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from pushtrain.config.issue import quote
from pushtrain.decide.fields import MISSING, are_equal, find_scale
from pushtrain.decide.tables import Row

Subject = Literal["predictions", "features"]
SHOWN = 40  # characters of a field
LABELS = {"predictions": "answers", "features": "features"}
SHOWN_COLUMNS = 3


class Difference(Struct, frozen=True, kw_only=True):
    """A field that is not equal: its row, from 1, its column, and both values as people read them.

    The column is empty if a row has one field and columns have no names.
    """

    row: int
    column: str
    evaluation: str
    serving: str


class RowComparison(Struct, frozen=True, kw_only=True):
    """How the rows of the serving test compare with those that evaluation.py wrote.

    `impossible`: a file is missing or the tables have different shapes; `reason` says it. It also says why rows are
    `skipped`, which is no fault of the model. `rows` are those of both, `different` is the number of rows that are not
    equal, `columns` are the names of the columns in which they differ, if columns have names.
    """

    subject: Subject
    outcome: Literal["equal", "different", "impossible", "skipped"]
    reason: str = ""
    rows: int = 0
    different: int = 0
    columns: tuple[str, ...] = ()
    first: Difference | None = None

    @property
    def holds(self) -> bool:
        """True if the rows are equal, or were not to be compared."""
        return self.outcome in {"equal", "skipped"}

    @property
    def label(self) -> str:
        """What is compared, in a word: `answers`, `features`."""
        return LABELS[self.subject]

    @property
    def mark(self) -> str:
        """`✓` or `✗`, `–` if the rows were not to be compared."""
        return "–" if self.outcome == "skipped" else "✓" if self.holds else "✗"

    def describe(self) -> str:
        """Return one line: `3 of 5 rows differ from evaluation's predictions; first: row 2, evaluation 1, model 0`."""
        if self.first is None:
            equal = f"{count(self.rows, 'row')} as in evaluation"
            return equal if self.outcome == "equal" else f"not compared: {self.reason}"
        field = f"row {self.first.row}{', column ' if self.first.column else ''}{self.first.column}"
        verb = f"differ{'s' if self.different == 1 else ''}"
        return (
            f"{self.different} of {count(self.rows, 'row')} {verb} from evaluation's {self.subject}"
            f"{self._describe_columns()}; first: {field}, "
            f"evaluation {self.first.evaluation}, model {self.first.serving}"
        )

    def _describe_columns(self) -> str:
        """Return ` in age, amount and 2 more columns`; empty if columns have no names."""
        names, more = self.columns[:SHOWN_COLUMNS], len(self.columns) - SHOWN_COLUMNS
        rest = f" and {more} more column{'s' if more > 1 else ''}" if more > 0 else ""
        return f" in {', '.join(names)}{rest}" if names else ""


def count(number: int, noun: str) -> str:
    """Return `1 row` or `5 rows`."""
    return f"{number} {noun}{'s' if number != 1 else ''}"


def compare_rows(
    subject: Subject, evaluation: Sequence[Row], serving: Sequence[Row], names: Sequence[str] = ()
) -> RowComparison:
    """Compare two tables with as many rows, field by field. `names` are those of the columns, if they have names."""
    width = max(map(len, evaluation), default=0)
    scales = [find_scale(row[column] for row in evaluation if column < len(row)) for column in range(width)]
    labels = [show_column(name) for name in names]
    differences = [
        _find_differences(number, expected, actual, scales, labels)
        for number, (expected, actual) in enumerate(zip(evaluation, serving, strict=True), start=1)
    ]
    different_rows = [row for row in differences if row]
    columns = {difference.column for row in different_rows for difference in row}
    return RowComparison(
        subject=subject,
        outcome="different" if different_rows else "equal",
        rows=len(evaluation),
        different=len(different_rows),
        columns=tuple(label for label in labels if label in columns),
        first=different_rows[0][0] if different_rows else None,
    )


def _find_differences(
    number: int, expected: Row, actual: Row, scales: Sequence[float], names: Sequence[str]
) -> list[Difference]:
    """Return the fields of a row that are not equal."""
    if len(expected) != len(actual):
        texts = [count(len(row), "field") for row in (expected, actual)]
        return [Difference(row=number, column="", evaluation=texts[0], serving=texts[1])]
    labels = names or [str(column) if len(expected) > 1 else "" for column in range(1, len(expected) + 1)]
    fields = zip(labels, expected, actual, scales, strict=False)
    return [
        Difference(row=number, column=label, evaluation=_show(one), serving=_show(other))
        for label, one, other, scale in fields
        if not are_equal(one, other, scale)
    ]


def show_column(name: str) -> str:
    """Return the name of a column for people: in quotes if it is long, empty or has characters that do not print."""
    return name if name and len(name) <= SHOWN and name.isprintable() else quote(name, SHOWN)


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
