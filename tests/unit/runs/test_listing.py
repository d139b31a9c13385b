"""Which runs a filter lets through, and how many requests a list takes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from botocore.exceptions import ClientError

from pushtrain import aws
from pushtrain.platform import Platform
from pushtrain.runs.listing import RunFilter, find_runs, list_runs
from pushtrain.runs.model import Run
from pushtrain.teams import Team
from tests.unit.runs.run_clients import ListedRun, RunClients


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


AWS = msgspec.structs.replace(Platform.local(), local_option="")
PLATFORM = msgspec.structs.replace(AWS, teams=(Team(name="risk", models=("churn",)),))
NOW = datetime.now(UTC).replace(microsecond=0)


def open_clients(monkeypatch: pytest.MonkeyPatch, *runs: ListedRun, denied: tuple[str, ...] = ()) -> RunClients:
    clients = RunClients(runs, denied)
    monkeypatch.setattr(aws, "client", lambda *_: clients)
    return clients


def build_runs(models: int, runs_per_model: int, **members: Any) -> list[ListedRun]:
    """Return runs of models in turn, the newest first, an hour apart."""
    return [
        ListedRun(f"m{number % models}", f"{number:012x}-000000", NOW - timedelta(hours=number), **members)
        for number in range(models * runs_per_model)
    ]


@pytest.mark.parametrize("models", [1, 10, 50])
def test_the_newest_runs_take_as_many_requests_for_50_models_as_for_one(
    models: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = build_runs(models, 100 // models)
    clients = open_clients(monkeypatch, *runs)
    listed = list_runs(AWS, limit=20)
    assert [(run.model, run.run) for run in listed] == [(run.model, run.run) for run in reversed(runs[:20])]
    assert clients.requests == {"ListObjectsV2": 1, "DescribeExecution": 20}


def test_runs_without_a_start_are_asked_for_in_every_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """As after an upgrade: two runs noted their start, three did not. What is known is not asked again."""
    runs = [*build_runs(2, 1), *(run._replace(run=f"{run.run}-old", has_start=False) for run in build_runs(3, 1))]
    clients = open_clients(monkeypatch, *runs)
    assert len(list_runs(AWS, limit=20)) == 5
    assert clients.requests == {
        "ListObjectsV2": 1,
        "ListStateMachines": 1,
        "ListExecutions": 3,
        "DescribeExecution": 5,
    }


def test_a_start_without_an_execution_is_no_run(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = build_runs(1, 3)
    open_clients(monkeypatch, runs[0]._replace(has_begun=False), *runs[1:])
    assert [run.run for run in list_runs(AWS, limit=2)] == [runs[2].run, runs[1].run]


def test_a_filter_by_outcome_asks_every_model(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = build_runs(2, 10)
    failed_run = runs[15]._replace(status="FAILED")
    clients = open_clients(monkeypatch, *runs[:15], failed_run, *runs[16:])
    runs_found = find_runs(AWS, RunFilter(outcomes=frozenset({"failed"})), limit=20)
    assert [run.run for run in runs_found] == [failed_run.run]
    assert clients.requests == {"ListStateMachines": 1, "ListExecutions": 2}


def test_only_runs_since_a_time_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = build_runs(2, 10)
    open_clients(monkeypatch, *runs)
    since = (NOW - timedelta(hours=3.5)).timestamp()
    assert [run.run for run in find_runs(AWS, RunFilter(since=since), limit=2)] == [runs[1].run, runs[0].run]
    assert len(find_runs(AWS, RunFilter(since=since), limit=20)) == 4


@pytest.mark.parametrize("limit", [1, 20])
def test_the_runs_of_other_teams_are_left_out(limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    churn, basket = ListedRun("churn", "r1", NOW - timedelta(hours=1)), ListedRun("basket", "r2", NOW)
    open_clients(monkeypatch, churn, basket, denied=("basket",))
    assert [run.model for run in list_runs(PLATFORM, limit=limit)] == ["churn"]


@pytest.mark.parametrize(
    ("platform", "denied"), [(PLATFORM, ("churn", "basket")), (AWS, ("basket",))], ids=["all", "no teams"]
)
def test_a_person_who_may_see_no_runs_is_told(
    platform: Platform, denied: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    open_clients(monkeypatch, ListedRun("churn", "r1", NOW), ListedRun("basket", "r2", NOW), denied=denied)
    with pytest.raises(ClientError, match="AccessDeniedException"):
        list_runs(platform)
