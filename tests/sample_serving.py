"""The result of a serving test whose answers differ from the predictions of the evaluation."""

from __future__ import annotations

from pushtrain.decide import Difference, RowComparison, ServingResult

ANSWERS = RowComparison(
    subject="predictions",
    outcome="different",
    rows=5,
    different=3,
    first=Difference(row=2, column="", evaluation="0.913", serving="<b>'이탈'</b>"),
)
SERVING = ServingResult(
    outcome="passed", job="job-1", requests="s3://code/rows.csv", rows=5, answers=5, comparisons=(ANSWERS,)
)
SAID = "3 of 5 rows differ from evaluation's predictions; first: row 2, evaluation 0.913, model <b>'이탈'</b>"
