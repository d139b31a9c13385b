"""Which runs call the function, and until when a run is pending."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pushtrain.local.events import Event, ExecutionEnded, StateEntered
from pushtrain.local.run_ends import RunEnds

ARN = "arn:aws:states:us-east-1:123456789012:execution:pushtrain-churn:r"


def entered() -> Event:
    return StateEntered(execution=ARN, state="train", time=datetime.now(UTC))


@pytest.mark.parametrize("status", ["SUCCEEDED", "FAILED", "ABORTED", "TIMED_OUT"])
def test_a_run_is_pending_until_the_call_for_its_end_has_returned(status: str) -> None:
    pending: list[bool] = []
    ends = RunEnds(lambda arn: pending.append(ends.is_pending(arn)))
    ends.handle(entered())
    assert ends.is_pending(ARN)
    ends.handle(ExecutionEnded(arn=ARN, status=status))
    assert (pending, ends.is_pending(ARN), ends.count) == ([True], False, 1)
    ends.handle(entered())  # a branch that reports a state late
    assert not ends.is_pending(ARN)


def test_no_function_is_called_after_the_close() -> None:
    called_arns: list[str] = []
    ends = RunEnds(called_arns.append)
    ends.close()
    ends.handle(ExecutionEnded(arn=ARN, status="SUCCEEDED"))
    assert called_arns == []
