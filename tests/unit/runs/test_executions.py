"""Executions are listed model by model."""

from __future__ import annotations

from datetime import UTC, datetime

from msgspec.structs import replace

from pushtrain.platform import Platform
from pushtrain.runs.executions import list_executions
from tests.unit.runs.run_clients import ListedRun, RunClients

AWS = replace(Platform.local(), local_option="")
RUNS = (ListedRun("churn", "r1", datetime.now(UTC)), ListedRun("basket", "r2", datetime.now(UTC)))


def test_executions_have_their_model() -> None:
    clients = RunClients(RUNS, ())
    executions = list_executions(clients, AWS)
    assert sorted((model, execution["name"]) for model, execution in executions) == [("basket", "r2"), ("churn", "r1")]


def test_only_the_models_that_are_asked_for_are_listed() -> None:
    clients = RunClients(RUNS, ())
    assert [model for model, _ in list_executions(clients, AWS, ["churn"])] == ["churn"]
    assert clients.requests == {"ListExecutions": 1}
