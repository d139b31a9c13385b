"""What a question to `decide` needs from evaluation.json."""

from __future__ import annotations

import msgspec

from pushtrain.config import Condition
from pushtrain.decide import DecideRequest, StepFile

REQUEST = DecideRequest(
    model="churn",
    run="r1",
    artifact=StepFile(step="train", path="/opt/ml/model", key="churn/runs/r1/model.tar.gz", job="t"),
    evaluation=None,
    conditions=(),
    inference={},
    raw_fields={},
)


def test_metrics_of_groups_are_no_metrics_of_the_gate() -> None:
    overall = (
        Condition(metric="auc", at_least=0.9),
        Condition(metric="auc", below=1),
        Condition(metric="mae", below=3),
    )
    group = Condition.model_validate({"metric": "recall", "by": "성별", "worst": {"at_least": 0.8}})
    assert msgspec.structs.replace(REQUEST, conditions=(*overall, group)).gate_metrics == ("auc", "mae")


def test_evaluation_is_needed_for_a_gate_and_for_a_choice() -> None:
    assert not REQUEST.needs_evaluation
    assert msgspec.structs.replace(REQUEST, conditions=(Condition(metric="auc", at_least=0.9),)).needs_evaluation
    assert msgspec.structs.replace(REQUEST, choose_metric="auc").needs_evaluation
