"""The Payload that a definition sends, and the question that the function reads."""

from __future__ import annotations

from pushtrain.config import Condition
from pushtrain.decide import DecideRequest, StepFile, build_payload, parse_payload

PATH = "/opt/ml/processing/evaluation/evaluation.json"
INFERENCE = {"image": "serve:1", "environment": {"A": "b"}}
RAW_FIELDS = {"train": {"InfraCheckConfig": {"EnableInfraCheck": True}}}
CONDITIONS = (Condition(metric="auc.value", at_least=0.9), Condition(metric="rows", above=100))


def test_the_function_reads_what_the_definition_writes() -> None:
    payload = build_payload(
        model="churn",
        run_path="$$.Execution.Name",
        artifact=StepFile(step="train", path="/opt/ml/model", key="$.model", job="$.jobs.train.name"),
        evaluation=StepFile(step="evaluate", path=PATH, key="$.key", job="$.jobs.evaluate.name"),
        conditions=CONDITIONS,
        inference=INFERENCE,
        raw_fields=RAW_FIELDS,
    )
    assert payload == {
        "model": "churn",
        "run.$": "$$.Execution.Name",
        "artifact": {"step": "train", "path": "/opt/ml/model", "key.$": "$.model", "job.$": "$.jobs.train.name"},
        "evaluation": {"step": "evaluate", "path": PATH, "key.$": "$.key", "job.$": "$.jobs.evaluate.name"},
        "conditions": [{"metric": "auc.value", "at_least": 0.9}, {"metric": "rows", "above": 100.0}],
        "inference": INFERENCE,
        "raw_fields": RAW_FIELDS,
    }
    evaluation = {"step": "evaluate", "path": PATH, "key": "churn/runs/r/evaluation.json", "job": "e"}
    artifact = {"step": "train", "path": "/opt/ml/model", "key": "churn/runs/r/model.tar.gz", "job": "t"}
    sent = {"model": "churn", "run": "r", "artifact": artifact, "evaluation": evaluation, "inference": INFERENCE}
    sent |= {"conditions": payload["conditions"], "raw_fields": RAW_FIELDS}
    assert parse_payload(sent) == DecideRequest(
        model="churn",
        run="r",
        artifact=StepFile(**artifact),
        evaluation=StepFile(**evaluation),
        conditions=CONDITIONS,
        inference=INFERENCE,
        raw_fields=RAW_FIELDS,
    )
    del sent["evaluation"], sent["raw_fields"]
    request = parse_payload(sent)
    assert isinstance(request, DecideRequest)
    assert (request.evaluation, request.raw_fields) == (None, {})
