"""The runs that noted their start: newest first, each once, and none that Step Functions cannot have any more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from pushtrain import aws
from pushtrain.platform import Platform
from pushtrain.runs.started import find_started_runs, list_started
from pushtrain.teams import Team
from tests.unit.runs.run_clients import ListedRun, RunClients

NOW = datetime.now(UTC)
AWS = replace(Platform.local(), local_option="")


def list_ids(*runs: ListedRun, since: float = 0.0) -> list[str]:
    return [run for _, run in list_started(RunClients(runs, ()), AWS, since)]


def test_runs_are_listed_newest_first() -> None:
    runs = [ListedRun("churn", f"r{hours}", NOW - timedelta(hours=hours)) for hours in (3, 1, 2)]
    assert list_ids(*runs) == ["r1", "r2", "r3"]
    assert list_ids(*runs, since=(NOW - timedelta(hours=2.5)).timestamp()) == ["r1", "r2"]


def test_a_run_that_two_deliveries_started_is_listed_once() -> None:
    assert list_ids(ListedRun("m", "r1", NOW), ListedRun("m", "r1", NOW - timedelta(seconds=1))) == ["r1"]


def test_runs_of_more_than_90_days_ago_are_left_out() -> None:
    runs = [ListedRun("churn", f"r{days}", NOW - timedelta(days=days)) for days in (1, 89, 91)]
    assert list_ids(*runs) == ["r1", "r89"]


def test_a_model_that_is_denied_is_not_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    others = [ListedRun("basket", f"b{hours}", NOW - timedelta(hours=hours)) for hours in range(100)]
    clients = RunClients((*others, ListedRun("churn", "r1", NOW - timedelta(days=30))), ("basket",))
    monkeypatch.setattr(aws, "client", lambda *_: clients)
    platform = replace(AWS, teams=(Team(name="risk", models=("churn",)),))
    assert [run.run for run in find_started_runs(clients, platform, 0.0, 1)] == ["r1"]
    assert clients.requests["DescribeExecution"] == 2
