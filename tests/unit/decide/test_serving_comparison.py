"""The answers of a serving test are those that the evaluation expects, or the gate closes and says why."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pushtrain.decide.pinned import PinnedObject, pin_object
from pushtrain.decide.serving_comparison import Answers, compare_answers, compare_features, skip_features
from tests.unit.decide.bucket import FEATURES, PREDICTIONS, Bucket

ANSWERS = "churn/runs/r1/serving-test/job-2/answers/rows.csv.out"


def compare(predictions: bytes | None, answers: bytes, *, accept: str = "text/csv", is_one: bool = False) -> str:
    """Return what the comparison says."""
    bucket = Bucket()
    bucket.bodies |= {ANSWERS: answers} | ({} if predictions is None else {PREDICTIONS: predictions})
    expected, file = (pin_object(bucket, "pushtrain-artifacts", key) for key in (PREDICTIONS, ANSWERS))
    assert isinstance(file, PinnedObject)
    comparison = compare_answers(bucket, expected, Answers(file=file, accept=accept, is_one=is_one))
    assert comparison.holds is comparison.describe().endswith("as in evaluation")
    return comparison.describe()


def test_answers_are_compared_line_by_line() -> None:
    assert compare(b"0.5\nyes\n", b"0.50000001\nyes\n") == "2 rows as in evaluation"
    assert compare("양호\n".encode(), b'"\\uc591\\ud638"\n', accept="application/json") == "1 row as in evaluation"
    assert compare(b"0.1\n0.2\n", b'{"predictions": [0.1, 0.2]}', is_one=True) == "2 rows as in evaluation"


def test_predictions_that_are_shifted_by_a_row_differ() -> None:
    assert compare(b"0.1\n0.2\n0.3\n", b"0.2\n0.3\n0.1\n") == (
        "3 of 3 rows differ from evaluation's predictions; first: row 1, evaluation 0.1, model 0.2"
    )


@pytest.mark.parametrize(
    ("predictions", "answers", "reason"),
    [
        (None, b"1\n", "evaluation.py wrote no request_predictions.csv beside evaluation.json"),
        (b"\n", b"1\n", "request_predictions.csv has no rows"),
        (b"1\n", b"1\n2\n", "request_predictions.csv has 1 row, and the model answered 2"),
        (
            b"left\n1\n2\n",
            b"1\n2\n",
            "request_predictions.csv has 3 rows, and the model answered 2. A header counts as a row: write none",
        ),
        (
            b"1\n" * 20_000,
            b"1\n" * 20_000,
            "request_predictions.csv has 20000 rows; at most 10000 are compared. Test with fewer requests",
        ),
        (
            b"1" * (2 << 20),
            b"1\n",
            "request_predictions.csv has 2.0 MB; at most 1 MB are compared. Test with fewer requests",
        ),
        (b"1\n", b"1" * (17 << 20), "the answers have 17.0 MB; at most 16 MB are compared"),
        (b"\xff\n", b"1\n", "request_predictions.csv cannot be read: it is no text in UTF-8 (byte 1)"),
        (b"1\n", b"\xff\n", "what the model answered cannot be read: it is no text in UTF-8 (byte 1)"),
    ],
)
def test_what_cannot_be_compared_is_refused_by_name(predictions: bytes | None, answers: bytes, reason: str) -> None:
    assert compare(predictions, answers) == f"not compared: {reason}"


SERVED = "churn/runs/r1/serving-test/job-2/features.json"


def compare_noted(features: bytes | None, *, columns: list[str] | None = None, **served: Any) -> str:
    """Return what the comparison of features says."""
    bucket = Bucket()
    document = {"columns": columns, "rows": [], "fault": "", **served}
    bucket.bodies |= {SERVED: json.dumps(document).encode()} | ({} if features is None else {FEATURES: features})
    folder = f"s3://pushtrain-artifacts/{ANSWERS.rpartition('/')[0]}"
    comparison = compare_features(bucket, pin_object(bucket, "pushtrain-artifacts", FEATURES), folder)
    assert comparison.holds is comparison.describe().endswith("as in evaluation")
    return comparison.describe()


def test_features_are_compared_by_name_or_by_position() -> None:
    written = "나이,amount\n31,5.5\n40,\n".encode()
    assert compare_noted(written, rows=[["31.0", "5.50001"], ["40", ""]]) == "2 rows as in evaluation"
    assert compare_noted(written, columns=["amount", "나이"], rows=[["5.5", "31"], ["", "40"]]) == (
        "2 rows as in evaluation"
    )
    assert compare_noted(written, rows=[["5.5", "31"], ["", "40"]]) == (
        "2 of 2 rows differ from evaluation's features in 나이, amount; first: row 1, column 나이, evaluation 31, "
        "model 5.5"
    )


@pytest.mark.parametrize(
    ("features", "served", "reason"),
    [
        (None, {}, "evaluation.py wrote no request_features.csv beside evaluation.json"),
        (b"a,b\n1,2\n1\n", {}, "row 2 of request_features.csv has 1 field, and its header 2"),
        (b"a,b\n", {"rows": []}, "request_features.csv has a header and no rows"),
        (b"a,a\n1,2\n", {}, "request_features.csv has more than one column a"),
        (
            b"a,b\n1,2\n",
            {"columns": ["a", "a", "b"], "rows": [["1", "9", "2"]]},
            "input_fn has more than one column a",
        ),
        (
            b"a\n" + b"1\n" * 10_001,
            {},
            "request_features.csv has 10001 rows; at most 10000 are compared. Test with fewer requests",
        ),
        (b"a\n1\n", {"fault": "inference.py has transform_fn"}, "inference.py has transform_fn"),
        (
            b"a\n1\n2\n",
            {"rows": [["1"]]},
            "request_features.csv has 2 rows below its header, and input_fn made 1",
        ),
        (
            b"a,b\n1,2\n",
            {"columns": ["a", "c", "d"], "rows": [["1", "2", "3"]]},
            "input_fn made no column b and a column too many: c, d",
        ),
    ],
)
def test_features_that_cannot_be_compared_are_named(
    features: bytes | None, served: dict[str, Any], reason: str
) -> None:
    assert compare_noted(features, **served) == f"not compared: {reason}"


def test_as_many_rows_of_features_are_compared_as_of_predictions() -> None:
    rows = [["1"]] * 10_000
    assert compare_noted(b"a\n" + b"1\n" * 10_000, rows=rows) == "10000 rows as in evaluation"


def test_a_run_on_aws_says_where_features_are_compared() -> None:
    comparison = skip_features()
    assert comparison.holds
    assert comparison.describe() == (
        "not compared: a transform job shows no features; a run on this computer compares them"
    )
