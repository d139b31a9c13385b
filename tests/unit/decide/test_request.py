"""The Payload that a definition sends, and the question that the function reads."""

from __future__ import annotations

from pushtrain.config import Condition
from pushtrain.decide import DecideRequest, build_payload, parse_payload

CONDITIONS = (Condition(metric="auc.value", at_least=0.9), Condition(metric="rows", above=100))


def test_the_function_reads_what_the_definition_writes() -> None:
    payload = build_payload(
        model="churn",
        run_path="$$.Execution.Name",
        step="evaluate",
        path="/opt/ml/processing/evaluation/evaluation.json",
        evaluation_key_path="$.key",
        conditions=CONDITIONS,
    )
    assert payload == {
        "model": "churn",
        "run.$": "$$.Execution.Name",
        "evaluation": {
            "step": "evaluate",
            "path": "/opt/ml/processing/evaluation/evaluation.json",
            "key.$": "$.key",
        },
        "conditions": [{"metric": "auc.value", "at_least": 0.9}, {"metric": "rows", "above": 100.0}],
    }
    evaluation = {"step": "evaluate", "path": payload["evaluation"]["path"], "key": "churn/runs/r/evaluation.json"}
    sent = {"model": "churn", "run": "r", "evaluation": evaluation, "conditions": payload["conditions"]}
    assert parse_payload(sent) == DecideRequest(
        model="churn",
        run="r",
        step="evaluate",
        path="/opt/ml/processing/evaluation/evaluation.json",
        evaluation_key="churn/runs/r/evaluation.json",
        conditions=CONDITIONS,
    )
