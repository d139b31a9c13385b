"""Compare what a model answers in its serving test with what evaluation.py expects, and its features. Calls S3.

In: the answers, pinned, and the files of the evaluation as the first call of `decide` pinned them. Out: a
RowComparison. If a file is missing or cannot be read, the gate closes; that is no error of the run.
Features are compared on this computer only: there, the server notes what input_fn returns. A transform job on AWS
shows answers and nothing between.
"""

from __future__ import annotations

import json
from typing import Any

from msgspec import Struct

from pushtrain.decide.evaluation_files import MAX_BYTES, MIB, read_pinned_body
from pushtrain.decide.pinned import PinnedObject
from pushtrain.decide.row_comparison import RowComparison, compare_rows, count, show_column
from pushtrain.decide.tables import NoTable, Row, parse_answers, parse_csv
from pushtrain.layout import FEATURES_FILE, PREDICTIONS_FILE, build_served_features_key, split_uri

MAX_EXPECTED_BYTES = MIB
MAX_ROWS = 10_000
MAX_COLUMNS = 5  # that a message names
NOT_ON_AWS = "a transform job shows no features; a run on this computer compares them"


class Answers(Struct, frozen=True, kw_only=True):
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
        reason = f"{PREDICTIONS_FILE} has {count(len(expected), 'row')}, and the model answered {len(actual)}"
        hint = ". A header counts as a row: write none" if len(expected) == len(actual) + 1 else ""
        return RowComparison(subject="predictions", outcome="impossible", reason=f"{reason}{hint}")
    return compare_rows("predictions", expected, actual)


def skip_features() -> RowComparison:
    """Return the comparison of features on AWS, where they cannot be seen."""
    return RowComparison(subject="features", outcome="skipped", reason=NOT_ON_AWS)


def compare_features(s3: Any, features: PinnedObject | None, folder: str) -> RowComparison:
    """Compare what input_fn returned with request_features.csv, None if the evaluation wrote none.

    `folder` is the S3 URI of the answers. Columns are compared by name if both sides name them, else by position.
    """
    try:
        names, *expected = _read_expected(s3, features, FEATURES_FILE, header=1)
        _require_table(names, expected)
        actual = _read_served_features(s3, folder, names)
    except NoTable as error:
        return RowComparison(subject="features", outcome="impossible", reason=str(error))
    if len(expected) != len(actual):
        reason = f"{FEATURES_FILE} has {count(len(expected), 'row')} below its header, and input_fn made {len(actual)}"
        return RowComparison(subject="features", outcome="impossible", reason=reason)
    return compare_rows("features", expected, actual, names)


def _require_table(names: Row, rows: list[Row]) -> None:
    """Raise NoTable without rows, if a row has not a field for each name, or if two columns have the same name."""
    if not rows:
        raise NoTable(f"{FEATURES_FILE} has a header and no rows")
    _require_unique(names, FEATURES_FILE)
    for number, row in enumerate(rows, start=1):
        if len(row) != len(names):
            fields = count(len(row), "field")
            raise NoTable(f"row {number} of {FEATURES_FILE} has {fields}, and its header {len(names)}")


def _require_unique(names: Row, source: str) -> None:
    """Raise NoTable if two columns have the same name: one of them would not be compared."""
    doubled = next((name for name in names if names.count(name) > 1), None)
    if doubled is not None:
        raise NoTable(f"{source} has more than one column {show_column(doubled)}")


def _read_served_features(s3: Any, folder: str, names: Row) -> list[Row]:
    """Return the rows that the server of this computer noted, in the order of the columns. Raises NoTable."""
    bucket, prefix = split_uri(folder)
    key = build_served_features_key(prefix.rstrip("/").rpartition("/")[0])
    document = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    if document["fault"]:
        raise NoTable(document["fault"])
    return _arrange(document["rows"], document["columns"], names)


def _arrange(rows: list[Row], columns: list[str] | None, names: Row) -> list[Row]:
    """Return the rows with their fields in the order of `names`. Raises NoTable if columns are missing or too many."""
    if columns is None:
        return rows
    _require_unique(columns, "input_fn")
    missing, more = [name for name in names if name not in columns], [name for name in columns if name not in names]
    if missing or more:
        texts = (("no column", missing), ("a column too many:", more))
        raise NoTable(
            "input_fn made "
            + " and ".join(f"{text} {', '.join(map(show_column, few[:MAX_COLUMNS]))}" for text, few in texts if few)
        )
    positions = [columns.index(name) for name in names]
    return [[row[position] for position in positions] for row in rows]


def _read_expected(s3: Any, file: PinnedObject | None, name: str, *, header: int = 0) -> list[Row]:
    """Return the rows that evaluation.py wrote, with so many of a header. Raises NoTable."""
    if file is None:
        raise NoTable(f"evaluation.py wrote no {name} beside evaluation.json")
    if file.size > MAX_EXPECTED_BYTES:
        limit = MAX_EXPECTED_BYTES // MIB
        raise NoTable(f"{name} has {file.size / MIB:.1f} MB; at most {limit} MB are compared. Test with fewer requests")
    try:
        rows = parse_csv(read_pinned_body(s3, file))
    except NoTable as error:
        raise NoTable(f"{name} cannot be read: {error}") from error
    if len(rows) - header > MAX_ROWS:
        raise NoTable(
            f"{name} has {len(rows) - header} rows; at most {MAX_ROWS} are compared. Test with fewer requests"
        )
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
