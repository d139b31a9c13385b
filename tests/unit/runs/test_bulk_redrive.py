"""The failed runs that can be redriven."""

from __future__ import annotations

import time
from typing import Any

import pytest
from msgspec.structs import replace

from pushtrain.errors import OperatorError
from pushtrain.platform import Platform
from pushtrain.runs import bulk_redrive
from pushtrain.runs.bulk_redrive import RedriveCandidate, find_redrive_candidates
from pushtrain.runs.listing import RunFilter
from pushtrain.runs.model import Failure, Run
from pushtrain.runs.redrive import Redrive

PLATFORM = Platform.local()
DAY = 86400.0
NOW = time.time()
GOES_ON = Redrive(state="train")
NO_CAPACITY = Failure(step="train", reason="no capacity")


def run(name: str, *, days_ago: float, lasted: float = 60.0) -> Run:
    return Run(model="churn", run=name, status="FAILED", started=NOW - days_ago * DAY, seconds=lasted, outcome="failed")


RUNS = [
    run("too-old", days_ago=15),
    run("long", days_ago=15, lasted=2 * DAY),
    run("gate", days_ago=2),
    run("new", days_ago=1),
]


def test_only_runs_that_aws_still_redrives_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    requests: list[Any] = []

    def list_runs(platform: Platform, run_filter: RunFilter, limit: int) -> list[Run]:
        requests.append(run_filter)
        return RUNS

    def read(platform: Platform, model: str, name: str) -> Run:
        (match,) = [candidate for candidate in RUNS if candidate.run == name]
        return replace(match, error=NO_CAPACITY)

    def plan(platform: Platform, failed_run: Run) -> Redrive:
        if failed_run.run == "gate":
            raise OperatorError("run gate of churn ended in a state of its own definition")
        return GOES_ON

    monkeypatch.setattr(bulk_redrive, "find_runs", list_runs)
    monkeypatch.setattr(bulk_redrive, "read_run", read)
    monkeypatch.setattr(bulk_redrive, "plan_redrive", plan)
    _, long, gate, new = (replace(listed, error=NO_CAPACITY) for listed in RUNS)
    assert find_redrive_candidates(PLATFORM, "churn", since=5.0) == [
        RedriveCandidate(run=long, redrive=GOES_ON),
        RedriveCandidate(run=gate, refusal="run gate of churn ended in a state of its own definition"),
        RedriveCandidate(run=new, redrive=GOES_ON),
    ]
    assert requests == [RunFilter(model="churn", outcomes=frozenset({"failed"}), since=5.0)]
