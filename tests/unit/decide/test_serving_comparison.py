"""The answers of a serving test are those that the evaluation expects, or the gate closes and says why."""

from __future__ import annotations

import pytest

from pushtrain.decide.pinned import PinnedObject, pin_object
from pushtrain.decide.serving_comparison import Answers, compare_answers
from tests.unit.decide.bucket import PREDICTIONS, Bucket

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
