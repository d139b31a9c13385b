"""Stopping a run."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from pushtrain import aws
from pushtrain.errors import OperatorError
from pushtrain.platform import Platform
from pushtrain.runs.model import Run
from pushtrain.runs.stop import stop_run

PLATFORM = Platform.local()


def run(status: str = "RUNNING") -> Run:
    return Run(model="churn", run="r1", status=status, started=0.0, seconds=0.0, outcome="")


class States:
    """Notes which executions are stopped, or refuses."""

    def __init__(self, refusal: str = "") -> None:
        self.stopped: list[str] = []
        self.refusal = refusal

    def stop_execution(self, **request: str) -> dict[str, Any]:
        if self.refusal:
            raise ClientError({"Error": {"Code": "ExecutionDoesNotExist", "Message": self.refusal}}, "StopExecution")
        self.stopped.append(f"{request['executionArn'].rpartition(':')[2]}: {request['cause']}")
        return {}


def test_a_running_run_is_stopped_with_its_cause(monkeypatch: pytest.MonkeyPatch) -> None:
    states = States()
    monkeypatch.setattr(aws, "client", lambda *_: states)
    stop_run(PLATFORM, run())
    assert states.stopped == ["r1: stopped with pushtrain runs stop"]


def test_a_run_that_has_ended_is_refused_before_aws_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aws, "client", lambda *_: pytest.fail("AWS was asked"))
    with pytest.raises(OperatorError) as raised:
        stop_run(PLATFORM, run("SUCCEEDED"))
    assert str(raised.value) == "run r1 of churn has ended already: it is SUCCEEDED"


def test_what_aws_refuses_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aws, "client", lambda *_: States("it runs elsewhere"))
    with pytest.raises(OperatorError) as raised:
        stop_run(PLATFORM, run())
    assert str(raised.value) == "run r1 of churn cannot be stopped: it runs elsewhere"
