"""Which runs a filter lets through."""

from __future__ import annotations

import pytest

from pushtrain.runs.listing import RunFilter
from pushtrain.runs.model import Run


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
