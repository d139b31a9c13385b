"""Which runs a filter lets through."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from pushtrain import aws
from pushtrain.platform import Platform
from pushtrain.runs.listing import RunFilter, list_runs
from pushtrain.runs.model import Run
from pushtrain.teams import Team


def run(status: str, outcome: str = "") -> Run:
    return Run(model="m", run="r", status=status, started=0.0, seconds=0.0, outcome=outcome)


@pytest.mark.parametrize(
    ("outcome", "status", "may_match"),
    [
        ("running", "RUNNING", True),
        ("running", "PENDING_REDRIVE", True),
        ("failed", "TIMED_OUT", True),
        ("failed", "ABORTED", False),
        ("stopped", "ABORTED", True),
        ("registered", "SUCCEEDED", True),
    ],
)
def test_an_outcome_stands_for_statuses_of_executions(outcome: str, status: str, may_match: bool) -> None:
    assert RunFilter(outcomes=frozenset({outcome})).may_match(status, 0.0) is may_match


def test_a_run_from_before_the_time_does_not_match() -> None:
    assert RunFilter(since=10.0).may_match("RUNNING", 10.0)
    assert not RunFilter(since=10.0).may_match("RUNNING", 9.9)


def test_only_the_outcome_tells_registered_from_not_registered() -> None:
    not_registered = RunFilter(outcomes=frozenset({"not-registered"}))
    assert not_registered.matches(run("SUCCEEDED", "not_registered"))
    assert not not_registered.matches(run("SUCCEEDED", "registered"))
    assert RunFilter().matches(run("SUCCEEDED"))


ARN = "arn:aws:states:us-east-1:123456789012:stateMachine:pushtrain-"
AWS = dataclasses.replace(Platform.local(), local_option="")
PLATFORM = dataclasses.replace(AWS, teams=(Team(name="risk", models=("churn",)),))


class States:
    """Step Functions with the state machines of `churn` and `basket`; `denied` are those whose runs it denies."""

    class exceptions:  # noqa: N801 - as boto3 calls it
        class StateMachineDoesNotExist(Exception):
            pass

    def __init__(self, *denied: str) -> None:
        self.denied = denied

    def get_paginator(self, operation: str) -> Any:
        return type("Paginator", (), {"paginate": staticmethod(getattr(self, operation))})

    def list_state_machines(self, **_: Any) -> Iterator[dict[str, Any]]:
        names = [f"pushtrain-{model}" for model in ("churn", "basket")]
        yield {"stateMachines": [{"name": name, "stateMachineArn": f"{ARN}{name[10:]}"} for name in names]}

    def list_executions(self, stateMachineArn: str, **_: Any) -> Iterator[dict[str, Any]]:  # noqa: N803
        if stateMachineArn.removeprefix(ARN) in self.denied:
            raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "ListExecutions")
        arn = stateMachineArn.replace(":stateMachine:", ":execution:") + ":r1"
        started = datetime(2026, 11, 1, tzinfo=UTC)
        yield {"executions": [{"executionArn": arn, "name": "r1", "status": "RUNNING", "startDate": started}]}


def test_the_runs_of_other_teams_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aws, "client", lambda *_: States("basket"))
    assert [run.model for run in list_runs(PLATFORM)] == ["churn"]


@pytest.mark.parametrize(
    ("platform", "denied"), [(PLATFORM, ("churn", "basket")), (AWS, ("basket",))], ids=["all", "no teams"]
)
def test_a_person_who_may_see_no_runs_is_told(
    platform: Platform, denied: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aws, "client", lambda *_: States(*denied))
    with pytest.raises(ClientError, match="AccessDeniedException"):
        list_runs(platform)
