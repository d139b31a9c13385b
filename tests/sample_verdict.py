"""The verdict on a run of the model repo churn."""

from __future__ import annotations

from pushtrain.config import Condition
from pushtrain.decide.verdict import Verdict, build_reason, judge


def build_verdict(values: dict[str, float], *conditions: Condition) -> Verdict:
    """Return the verdict on the run r1 of churn, with these values of the metrics."""
    results = judge(conditions, values)
    return Verdict(
        model="churn",
        run="r1",
        passed=all(result.holds for result in results),
        reason=build_reason(results),
        conditions=results,
        metrics=values,
        evaluation="s3://artifacts/churn/runs/r1/evaluate/j/evaluation/evaluation.json",
        evaluation_version="v1",
    )
