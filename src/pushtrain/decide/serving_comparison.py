"""Compare what a model answers in its serving test with what evaluation.py expects. Calls S3.

In: the answers, pinned, and request_predictions.csv as the first call of `decide` pinned it. Out: a RowComparison. If a
file is missing or cannot be read, the gate closes; that is no error of the run.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pushtrain.decide.evaluation_files import MAX_BYTES, MIB, read_pinned_body
from pushtrain.decide.pinned import PinnedObject
from pushtrain.decide.row_comparison import RowComparison, compare_rows, count_rows
from pushtrain.decide.tables import NoTable, Row, parse_answers, parse_csv
from pushtrain.layout import PREDICTIONS_FILE

MAX_EXPECTED_BYTES = MIB
MAX_ROWS = 10_000


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What the model answered: the file, the content type that was asked for, and if it is one answer to many rows."""

    file: PinnedObject
    accept: str
    is_one: bool


def compare_answers(s3: Any, predictions: PinnedObject | None, answers: Answers) -> RowComparison:
    """Compare the answers with request_predictions.csv, None if the evaluation wrote none."""
    try:
        expected = _read_expected(s3, predictions, PREDICTIONS_FILE)
        actual = _read_answers(s3, answers)
    except NoTable as error:
        return RowComparison(subject="predictions", outcome="impossible", reason=str(error))
    if len(expected) != len(actual):
        reason = f"{PREDICTIONS_FILE} has {count_rows(len(expected))}, and the model answered {len(actual)}"
        hint = ". A header counts as a row: write none" if len(expected) == len(actual) + 1 else ""
        return RowComparison(subject="predictions", outcome="impossible", reason=f"{reason}{hint}")
    return compare_rows("predictions", expected, actual)


def _read_expected(s3: Any, file: PinnedObject | None, name: str) -> list[Row]:
    """Return the rows that evaluation.py wrote. Raises NoTable."""
    if file is None:
        raise NoTable(f"evaluation.py wrote no {name} beside evaluation.json")
    if file.size > MAX_EXPECTED_BYTES:
        limit = MAX_EXPECTED_BYTES // MIB
        raise NoTable(f"{name} has {file.size / MIB:.1f} MB; at most {limit} MB are compared. Test with fewer requests")
    try:
        rows = parse_csv(read_pinned_body(s3, file))
    except NoTable as error:
        raise NoTable(f"{name} cannot be read: {error}") from error
    if len(rows) > MAX_ROWS:
        raise NoTable(f"{name} has {len(rows)} rows; at most {MAX_ROWS} are compared. Test with fewer requests")
    if not rows:
        raise NoTable(f"{name} has no rows")
    return rows


def _read_answers(s3: Any, answers: Answers) -> list[Row]:
    """Return the rows that the model answered. Raises NoTable."""
    if answers.file.size > MAX_BYTES:
        raise NoTable(f"the answers have {answers.file.size / MIB:.1f} MB; at most {MAX_BYTES // MIB} MB are compared")
    body = read_pinned_body(s3, answers.file)
    try:
        return parse_answers(body, is_json="json" in answers.accept, is_one=answers.is_one)
    except NoTable as error:
        raise NoTable(f"what the model answered cannot be read: {error}") from error
