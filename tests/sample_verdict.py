"""The verdict on a run of the model repo churn."""

from __future__ import annotations

from pushtrain.config import Condition
from pushtrain.decide import PinnedObject
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
        artifact=PinnedObject(
            uri="s3://artifacts/churn/runs/r1/train/j/output/model.tar.gz", version="v1", etag="0a1b", size=5
        ),
        evaluation=PinnedObject(
            uri="s3://artifacts/churn/runs/r1/evaluate/j/evaluation/evaluation.json", version="v1", etag="2c3d", size=9
        ),
        inference={"image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/serve:1", "environment": {}},
    )
