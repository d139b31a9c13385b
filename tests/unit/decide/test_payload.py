"""The Payload that a definition sends, and the question that the function reads."""

from __future__ import annotations

from typing import Any

import pytest

from pushtrain.config import Condition
from pushtrain.decide import ChampionRequest, DecideRequest, StepFile, build_payload, parse_payload

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


ARTIFACT = {"step": "train", "path": "/opt/ml/model", "key": "churn/runs/r/model.tar.gz", "job": "t"}
JOB = {"name": "j", "status": "Completed", "step": "champion", "path": PATH, "key": "churn/runs/r/champion/j/e.json"}


def parse_champion(
    recorded: dict[str, Any] | None, job: dict[str, Any], overridden: bool | str = False
) -> ChampionRequest:
    champion = {"recorded": recorded, "overridden": overridden, "job": job, "without": "fail"}
    sent = {"model": "churn", "run": "r", "artifact": ARTIFACT, "inference": INFERENCE, "conditions": []}
    request = parse_payload(sent | {"champion": champion})
    assert isinstance(request, DecideRequest)
    assert request.champion is not None
    return request.champion


def test_the_function_reads_the_job_of_the_champion() -> None:
    assert parse_champion({"version": 3, "fault": "", "candidate": ""}, JOB) == ChampionRequest(
        version=3,
        fault="",
        is_overridden=False,
        passes_without=False,
        job=StepFile(step="champion", path=PATH, key="churn/runs/r/champion/j/e.json", job="j"),
    )
    assert parse_champion(None, {}).version is None


@pytest.mark.parametrize(("overridden", "in_reproduction"), [(True, False), ("reproduction", True)])
def test_the_function_knows_why_the_champion_does_not_count(overridden: bool | str, in_reproduction: bool) -> None:
    request = parse_champion(None, {}, overridden)
    assert (request.is_overridden, request.in_reproduction) == (True, in_reproduction)


@pytest.mark.parametrize(
    ("job", "error"),
    [
        (JOB | {"status": "Stopped"}, "its job ended as Stopped: it was stopped or ran out of time"),
        (
            {"Error": "States.TaskFailed", "Cause": '{"FailureReason": "AlgorithmError: exit code 1"}'},
            "AlgorithmError: exit code 1",
        ),
        ({"Error": "States.TaskFailed", "Cause": '{"ExitMessage": "KeyError: 1"}'}, "KeyError: 1"),
        ({"Error": "States.TaskFailed", "Cause": "{}"}, "States.TaskFailed"),
        ({"Error": "SageMaker.E", "Cause": "Could not access image"}, "Could not access image"),
        ({"Error": "States.Timeout"}, "States.Timeout"),
        ({"Error": "E", "Cause": "x" * 9000}, "x" * 500),
    ],
)
def test_a_job_of_the_champion_that_did_not_complete_has_a_reason(job: dict[str, str], error: str) -> None:
    champion = parse_champion({"version": 3}, job)
    assert (champion.job, champion.job_error) == (None, error)
