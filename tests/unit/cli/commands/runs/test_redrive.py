"""`runs redrive`: what goes on, and each reason for which it would be in vain."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from msgspec.structs import replace

from pushtrain import aws
from pushtrain.cli.commands.runs import redrive as runs_redrive
from pushtrain.launch.state_machine import build_execution_arn, build_state_machine_arn
from pushtrain.platform import PLATFORM_VARIABLE, Platform
from pushtrain.runs import Failure, Run
from tests.unit.runs.histories import PARALLEL_FAILED, parse_events

DEV = replace(Platform.local("dev"), account="111122223333")
ARN = build_execution_arn(DEV, "churn", "r1")
WHEN = datetime(2026, 11, 21, tzinfo=UTC)
ERROR = Failure(step="train", reason="no capacity")
RUN = Run(model="churn", run="r1", status="FAILED", started=1.0, seconds=2.0, outcome="failed", error=ERROR, redrives=1)
ANEW = "A new run of the same code: pushtrain push DIR --environment dev --again\n"
Types = Callable[..., tuple[int, str, str]]


@pytest.fixture
def states(monkeypatch: pytest.MonkeyPatch) -> Stubber:
    client = boto3.client("stepfunctions", "us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
    monkeypatch.setenv(PLATFORM_VARIABLE, DEV.to_json())
    monkeypatch.setattr(aws, "client", lambda service, region=None: client)
    stub = Stubber(client)
    stub.activate()
    return stub


@pytest.fixture
def types(typed: Types, monkeypatch: pytest.MonkeyPatch) -> Types:
    def types(run: Run, *words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(runs_redrive, "find_run", lambda *_: run)
        return typed("runs", "redrive", "r1", *words)

    return types


def entered(stub: Stubber, state: str, kind: str) -> None:
    """The history of a run that failed in a state."""
    earlier = "1 <- 0 TaskStateEntered preprocess\n2 <- 1 TaskStateExited preprocess"
    read(stub, f"{earlier}\n3 <- 2 {kind}StateEntered {state}\n4 <- 3 ExecutionFailed")


def read(stub: Stubber, history: str) -> None:
    events = [{"timestamp": WHEN, **event} for event in parse_events(history)]
    stub.add_response("get_execution_history", {"events": events}, {"executionArn": ARN})


def described(stub: Stubber, **redrive: Any) -> None:
    head = {
        "executionArn": ARN,
        "stateMachineArn": build_state_machine_arn(DEV, "churn"),
        "status": "FAILED",
        "startDate": WHEN,
    }
    stub.add_response("describe_execution", head | redrive, {"executionArn": ARN})


def test_a_failed_run_goes_on_where_it_failed(states: Stubber, types: Types) -> None:
    for _ in range(2):
        entered(states, "train", "Task")
        described(states, redriveStatus="REDRIVABLE")
        states.add_response("redrive_execution", {"redriveDate": WHEN}, {"executionArn": ARN})
    code, out, err = types(RUN, "--environment", "dev")
    assert (code, err) == (0, "")
    first, second = out.splitlines()
    assert first == "redriven  churn · run r1 goes on at 'train'"
    assert second.startswith("next      ")
    assert second.endswith(" runs watch r1 --environment dev")
    code, out, _ = types(RUN, "--json")
    document = {"model": "churn", "run": "r1", "state": "train", "runs_again": [], "redrives": 2}
    assert (code, json.loads(out)) == (0, document)
    states.assert_no_pending_responses()


def test_the_steps_that_were_stopped_when_another_one_failed_are_said_to_run_again(
    states: Stubber, types: Types
) -> None:
    for _ in range(2):
        read(states, PARALLEL_FAILED)
        described(states, redriveStatus="REDRIVABLE")
        states.add_response("redrive_execution", {"redriveDate": WHEN}, {"executionArn": ARN})
    lines = types(RUN, "--environment", "dev")[1].splitlines()
    assert lines[:2] == [
        "redriven  churn · run r1 goes on at 'embed'",
        "again     split: stopped when 'embed' failed",
    ]
    assert json.loads(types(RUN, "--json")[1])["runs_again"] == ["split"]
    states.assert_no_pending_responses()


@pytest.mark.parametrize("status", ["RUNNING", "SUCCEEDED", "PENDING_REDRIVE"])
def test_a_run_that_has_not_failed_is_left_alone(states: Stubber, types: Types, status: str) -> None:
    message = f"run r1 of churn has not failed: it is {status}. Only a run that failed goes on\n"
    assert types(replace(RUN, status=status, error=None)) == (1, "", message)


def test_a_run_that_its_own_definition_ended_would_end_there_again(states: Stubber, types: Types) -> None:
    entered(states, "train stopped", "Fail")
    run = replace(RUN, error=Failure(step="train", reason="stopped at its max_runtime of 60 s"))
    assert types(run) == (
        1,
        "",
        "run r1 of churn ended in the state 'train stopped' of its own definition: stopped at its max_runtime of 60 s. "
        f"Redriven, it would end there again. {ANEW}",
    )


def test_what_aws_no_longer_redrives_is_told_in_its_words(states: Stubber, types: Types) -> None:
    entered(states, "train", "Task")
    described(states, redriveStatus="NOT_REDRIVABLE", redriveStatusReason="Execution is 14 days old")
    assert types(RUN) == (1, "", f"run r1 of churn cannot be redriven: Execution is 14 days old. {ANEW}")
    entered(states, "train", "Task")
    described(states)
    assert types(RUN) == (1, "", f"run r1 of churn cannot be redriven: AWS does not say why. {ANEW}")
    entered(states, "train", "Task")
    described(states, redriveStatus="REDRIVABLE")
    states.add_client_error("redrive_execution", "ExecutionNotRedrivable", "somebody was faster")
    assert types(RUN) == (1, "", f"run r1 of churn cannot be redriven: somebody was faster. {ANEW}")
    states.assert_no_pending_responses()
