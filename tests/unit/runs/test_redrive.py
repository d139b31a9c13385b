"""Redriving a failed run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from msgspec.structs import replace

from pushtrain import aws
from pushtrain.catalog.job_kinds import TRAINING
from pushtrain.errors import OperatorError
from pushtrain.platform import Platform
from pushtrain.runs.model import Job, Run
from pushtrain.runs.redrive import Redrive, redrive_run
from tests.unit.runs.histories import PARALLEL_FAILED, parse_events

PLATFORM = Platform.local()
RUN = Run(model="churn", run="r1", status="FAILED", started=0.0, seconds=0.0, outcome="failed")


class States:
    """A failed execution with the given history."""

    class exceptions:  # noqa: N801 - as boto3 names it
        """Errors of the service."""

        class ExecutionNotRedrivable(Exception):
            """Refused."""

    def __init__(self, history: str, status: str = "REDRIVABLE", error: str = "States.TaskFailed") -> None:
        self.history, self.status, self.error, self.redriven = history, status, error, 0

    def get_paginator(self, _: str) -> States:
        return self

    def paginate(self, **_: Any) -> Iterator[dict[str, Any]]:
        *earlier, last = parse_events(self.history)
        yield {"events": earlier}
        yield {"events": [last]}

    def describe_execution(self, **_: str) -> dict[str, str]:
        redrive = {"redriveStatus": self.status, "redriveStatusReason": "older than 14 days"}
        return {"executionArn": "arn", "error": self.error, **redrive}

    def redrive_execution(self, **_: str) -> None:
        self.redriven += 1


TASK_FAILED = "1 <- 0 TaskStateEntered train\n2 <- 1 TaskFailed\n3 <- 2 ExecutionFailed"
FAIL_ENTERED = "1 <- 0 FailStateEntered train\n2 <- 1 ExecutionFailed"
FAIL_IN_BRANCH = """
1 <- 0 ParallelStateEntered both
2 <- 1 ParallelStateStarted
3 <- 2 TaskStateEntered clean
4 <- 2 FailStateEntered train
5 <- 4 TaskStateAborted
6 <- 4 ParallelStateFailed
7 <- 6 ExecutionFailed
"""


def test_a_failed_run_continues_at_the_state_where_it_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    states = States(TASK_FAILED)
    monkeypatch.setattr(aws, "client", lambda *_: states)
    assert (redrive_run(PLATFORM, RUN), states.redriven) == (Redrive(state="train"), 1)


def test_of_a_parallel_state_the_branch_that_failed_and_those_that_were_stopped_run_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(aws, "client", lambda *_: States(PARALLEL_FAILED))
    assert redrive_run(PLATFORM, RUN) == Redrive(state="embed", stopped_states=("split",))


@pytest.mark.parametrize(
    ("states", "refusal"),
    [
        (States(FAIL_ENTERED), "ended in the state 'train' of its own definition. Redriven, it would end there again."),
        (
            States(FAIL_IN_BRANCH),
            "ended in the state 'train' of its own definition. Redriven, it would end there again.",
        ),
        (
            States(TASK_FAILED, error="MetricMissing"),
            "ended in the state 'train' of its own definition. Redriven, it would end there again.",
        ),
        (States(TASK_FAILED, "NOT_REDRIVABLE"), "cannot be redriven: older than 14 days."),
    ],
)
def test_a_redrive_in_vain_is_refused_with_another_way(
    states: States, refusal: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aws, "client", lambda *_: states)
    with pytest.raises(OperatorError) as raised:
        redrive_run(PLATFORM, RUN)
    assert str(raised.value) == f"run r1 of churn {refusal} A new run of the same code: pushtrain run DIR"
    assert states.redriven == 0


def test_a_job_that_still_runs_is_not_started_a_second_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer about its creation was lost, and the retry was refused: the run failed, and the job runs on."""
    states = States(TASK_FAILED, error="SageMaker.ResourceInUseException")
    monkeypatch.setattr(aws, "client", lambda *_: states)
    job = Job(step="train", name="pushtrain-churn-train-r1-0-0", kind=TRAINING, status="InProgress", seconds=60.0)
    with pytest.raises(OperatorError) as raised:
        redrive_run(PLATFORM, replace(RUN, jobs=(job,)))
    assert str(raised.value) == (
        "run r1 of churn has failed, but its job pushtrain-churn-train-r1-0-0 still runs. A redrive would start a "
        "second one. Wait for its end, or stop it: aws sagemaker stop-training-job --training-job-name "
        "pushtrain-churn-train-r1-0-0 --region us-east-1"
    )
    assert states.redriven == 0
    assert redrive_run(PLATFORM, replace(RUN, jobs=(replace(job, status="Completed"),))) == Redrive(state="train")
