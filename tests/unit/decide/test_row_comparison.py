"""Two tables are compared row by row, and the first difference is shown."""

from __future__ import annotations

import pytest

from pushtrain.decide.row_comparison import RowComparison, compare_rows

LONG = "이탈" * 40


@pytest.mark.parametrize(
    ("evaluation", "serving", "text"),
    [
        ([["0.5"]], [["0.5000001"]], "1 row as in evaluation"),
        (
            [["0.5"], ["0.913"], ["1"]],
            [["0.5"], ["0.127"], ["0"]],
            "2 of 3 rows differ from evaluation's predictions; first: row 2, evaluation 0.913, model 0.127",
        ),
        (
            [["a", "0.1"], ["b", "0.2"]],
            [["a", "0.1"], ["b", ""]],
            "1 of 2 rows differs from evaluation's predictions; first: row 2, column 2, evaluation 0.2, model missing",
        ),
        (
            [["양호"]],
            [["이탈\x1b[2J\n"]],
            "1 of 1 row differs from evaluation's predictions; first: row 1, evaluation '양호', model "
            "'이탈\\x1b[2J\\n'",
        ),
        (
            [["0.1", "0.9"]],
            [["0.9"]],
            "1 of 1 row differs from evaluation's predictions; first: row 1, evaluation 2 fields, model 1 field",
        ),
        (
            [[LONG]],
            [["9" * 50]],
            f"1 of 1 row differs from evaluation's predictions; first: row 1, evaluation '{LONG[:40]}…', model "
            f"'{'9' * 40}…'",
        ),
    ],
)
def test_the_rows_that_differ_are_counted_and_the_first_is_shown(
    evaluation: list[list[str]], serving: list[list[str]], text: str
) -> None:
    comparison = compare_rows("predictions", evaluation, serving)
    assert comparison.describe() == text
    assert comparison.holds is text.endswith("as in evaluation")
    assert comparison.label == "answers"


def test_what_cannot_be_compared_does_not_hold() -> None:
    comparison = RowComparison(subject="predictions", outcome="impossible", reason="there is no file")
    assert (comparison.holds, comparison.describe()) == (False, "not compared: there is no file")


def test_columns_that_differ_are_named() -> None:
    names = ["나이", "amount", "city", "x", "y"]
    comparison = compare_rows(
        "features", [["1", "2", "a", "3", "4"]] * 2, [["1", "9", "b", "0", "0"], ["1"] * 5], names
    )
    assert comparison.describe() == (
        "2 of 2 rows differ from evaluation's features in amount, city, x and 1 more column; first: row 1, column "
        "amount, evaluation 2, model 9"
    )
    assert (comparison.label, comparison.columns) == ("features", ("amount", "city", "x", "y"))
    odd = compare_rows("features", [["1"]], [["2"]], ["\x1b[2J"])
    assert odd.describe().endswith("in '\\x1b[2J'; first: row 1, column '\\x1b[2J', evaluation 1, model 2")


def test_what_is_skipped_closes_no_gate() -> None:
    comparison = RowComparison(subject="features", outcome="skipped", reason="not on AWS")
    assert (comparison.mark, comparison.holds, comparison.describe()) == ("–", True, "not compared: not on AWS")
