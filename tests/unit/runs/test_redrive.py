"""Redriving a failed run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from pushtrain import aws
from pushtrain.errors import OperatorError
from pushtrain.platform import Platform
from pushtrain.runs.model import Run
from pushtrain.runs.redrive import redrive_run

PLATFORM = Platform.local()
RUN = Run(model="churn", run="r1", status="FAILED", started=0.0, seconds=0.0, outcome="failed")


class States:
    """A failed execution whose last state is given."""

    class exceptions:  # noqa: N801 - as boto3 names it
        """Errors of the service."""

        class ExecutionNotRedrivable(Exception):
            """Refused."""

    def __init__(self, kind: str, status: str = "REDRIVABLE") -> None:
        self.kind, self.status, self.redriven = kind, status, 0

    def get_paginator(self, _: str) -> States:
        return self

    def paginate(self, **_: Any) -> Iterator[dict[str, Any]]:
        yield {"events": [{"type": "ExecutionFailed"}]}
        yield {"events": [{"type": f"{self.kind}StateEntered", "stateEnteredEventDetails": {"name": "train"}}]}

    def describe_execution(self, **_: str) -> dict[str, str]:
        return {"redriveStatus": self.status, "redriveStatusReason": "older than 14 days"}

    def redrive_execution(self, **_: str) -> None:
        self.redriven += 1


def test_a_failed_run_continues_at_the_state_where_it_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    states = States("Task")
    monkeypatch.setattr(aws, "client", lambda *_: states)
    assert (redrive_run(PLATFORM, RUN), states.redriven) == ("train", 1)


@pytest.mark.parametrize(
    ("states", "refusal"),
    [
        (States("Fail"), "ended in the state 'train' of its own definition. Redriven, it would end there again."),
        (States("Task", "NOT_REDRIVABLE"), "cannot be redriven: older than 14 days."),
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
