"""`runs stop`: what is stopped, and why the rest cannot be."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import boto3
import pytest
from botocore.stub import Stubber
from msgspec.structs import replace

from pushtrain import aws
from pushtrain.cli import program, run_command
from pushtrain.cli.commands.runs import stop as runs_stop
from pushtrain.launch.state_machine import build_execution_arn
from pushtrain.platform import PLATFORM_VARIABLE, Platform
from pushtrain.runs import Run

DEV = replace(Platform.local("dev"), account="111122223333")
REQUEST = {"executionArn": build_execution_arn(DEV, "churn", "r1"), "cause": "stopped with pushtrain runs stop"}
RUN = Run(model="churn", run="r1", status="RUNNING", started=1.0, seconds=2.0, outcome="", error=None)


@pytest.fixture
def states(monkeypatch: pytest.MonkeyPatch) -> Stubber:
    client = boto3.client("stepfunctions", "us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
    monkeypatch.setenv(PLATFORM_VARIABLE, DEV.to_json())
    monkeypatch.setattr(aws, "client", lambda service, region=None: client)
    monkeypatch.setattr(runs_stop, "find_run", lambda *_: RUN)
    stub = Stubber(client)
    stub.activate()
    return stub


def typed(*words: str) -> int:
    return run_command(lambda: program.main(["runs", "stop", "r1", *words], standalone_mode=False))


def test_a_run_is_stopped(states: Stubber, capsys: pytest.CaptureFixture[str]) -> None:
    states.add_response("stop_execution", {"stopDate": datetime(2026, 11, 21, tzinfo=UTC)}, REQUEST)
    assert typed() == 0
    assert capsys.readouterr().out == "stopped  churn · run r1\n"
    states.assert_no_pending_responses()


def test_json_is_one_document(states: Stubber, capsys: pytest.CaptureFixture[str]) -> None:
    states.add_response("stop_execution", {"stopDate": datetime(2026, 11, 21, tzinfo=UTC)}, REQUEST)
    assert typed("--json") == 0
    assert json.loads(capsys.readouterr().out) == {"model": "churn", "run": "r1"}


def test_a_run_that_has_ended_is_left_alone(
    states: Stubber, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(runs_stop, "find_run", lambda *_: replace(RUN, status="SUCCEEDED"))
    assert typed() == 1
    assert capsys.readouterr().err == "run r1 of churn has ended already: it is SUCCEEDED\n"


def test_what_aws_refuses_is_said_in_its_words(states: Stubber, capsys: pytest.CaptureFixture[str]) -> None:
    states.add_client_error("stop_execution", "ValidationException", "arn runs in another process of this computer")
    assert typed() == 1
    message = "run r1 of churn cannot be stopped: arn runs in another process of this computer\n"
    assert capsys.readouterr().err == message
