"""Steps that wait for capacity, run by embedded Step Functions."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pushtrain.config import load_config
from pushtrain.local.api import ApiError
from pushtrain.local.sagemaker.jobs import Jobs, NoCapacity
from pushtrain.platform import Platform
from pushtrain.workflow import capacity, compile_workflow

REASON = "Unable to provision requested ML compute capacity."
QUOTA = (
    "The account-level service limit 'ml.m5.xlarge for training job usage' is {} Instances, with current utilization"
)
TEXT = "model: churn\n{}train: {{framework: sklearn 1.2-1, wait_for_capacity: 3s}}\n"


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capacity, "CAPACITY_INTERVAL", 1)


def name(number: int, step: str = "train") -> str:
    return f"pushtrain-churn-{step}-run-0-{number}"


def run(engine: Any, template: str = "train") -> tuple[Any, list[str]]:
    """Run the model; return how the run ended, and the states that it entered."""
    config = load_config(TEXT.format(f"template: {template}\n").encode()).config
    definition = compile_workflow(config, Platform.local())
    arn = engine.create(definition)["stateMachineArn"]
    ended = engine.end(engine.start(arn, {"code": "s3://code/code.tar.gz"}, name="run"))
    events = engine.sfn.get_execution_history(executionArn=ended["executionArn"])["events"]
    return ended, [event["stateEnteredEventDetails"]["name"] for event in events if "stateEnteredEventDetails" in event]


@pytest.mark.parametrize("template", ["train", "train-sdk"])
def test_a_job_runs_again_until_there_is_an_instance(engine: Any, template: str) -> None:
    engine.scripts.bugs = {name(0): NoCapacity(REASON), name(1): NoCapacity(REASON)}
    ended, states = run(engine, template)
    assert ended["status"] == "SUCCEEDED"
    assert ended["output"]["jobs"]["train"]["name"] == name(2)
    assert ended["output"]["jobs"]["train"]["prefix"] == f"churn/runs/run/train/{name(2)}"
    assert states.count("train waits for capacity") == 2
    described = engine.sagemaker.describe_training_job(TrainingJobName=name(0))
    assert described["FailureReason"] == f"CapacityError: {REASON}"
    assert not {"TrainingStartTime", "BillableTimeInSeconds"} & described.keys()


def test_the_run_fails_with_the_reason_when_the_time_is_up(engine: Any) -> None:
    engine.scripts.bugs = {name(number): NoCapacity(REASON) for number in range(9)}
    ended, states = run(engine)
    assert (ended["status"], ended["error"]) == ("FAILED", "States.TaskFailed")
    assert json.loads(ended["cause"])["FailureReason"] == f"CapacityError: {REASON}"
    assert (states.count("train"), states.count("train waits for capacity"), states[-1]) == (4, 3, "train failed")


def test_a_job_that_failed_for_another_reason_is_not_run_again(engine: Any, requests: Any) -> None:
    engine.scripts.results[name(0)] = requests.result("Failed", failure_reason="AlgorithmError: boom, exit code: 1")
    ended, states = run(engine)
    assert (ended["error"], states.count("train")) == ("States.TaskFailed", 1)
    assert json.loads(ended["cause"])["FailureReason"] == "AlgorithmError: boom, exit code: 1"


@pytest.mark.parametrize(("limit", "calls"), [(2, 4), (0, 1)])
def test_a_full_quota_is_waited_for_and_a_quota_of_nothing_is_not(
    engine: Any, monkeypatch: pytest.MonkeyPatch, limit: int, calls: int
) -> None:
    names: list[str] = []

    def refuse(_: Jobs, kind: Any, request: Any, **__: Any) -> str:
        names.append(request[kind.name_member])
        raise ApiError("ResourceLimitExceeded", QUOTA.format(limit))

    monkeypatch.setattr(Jobs, "create", refuse)
    ended, _ = run(engine)
    assert ended["error"] == "SageMaker.ResourceLimitExceededException"
    assert names == [name(number) for number in range(calls)]


def test_an_error_after_the_job_was_created_starts_no_second_job(engine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer of CreateTrainingJob is lost: the retry has the same name, and SageMaker refuses it."""
    stock = Jobs.create

    def create_and_lose_the_answer(self: Jobs, kind: Any, request: Any, **more: Any) -> str:
        stock(self, kind, request, **more)
        raise ApiError("InternalFailure", "try again")

    monkeypatch.setattr(Jobs, "create", create_and_lose_the_answer)
    ended, _ = run(engine)
    assert ended["error"] == "SageMaker.ResourceInUseException"
    assert list(engine.scripts.requests) == [name(0)]
