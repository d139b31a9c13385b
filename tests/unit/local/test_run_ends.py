"""Which runs call the function, and until when a run is pending."""

from __future__ import annotations

from datetime import UTC, datetime

from pushtrain.local.events import Event, ExecutionEnded, StateEntered
from pushtrain.local.run_ends import RunEnds

ARN = "arn:aws:states:us-east-1:123456789012:execution:pushtrain-churn:r"


def entered() -> Event:
    return StateEntered(execution=ARN, state="train", time=datetime.now(UTC))


def test_a_run_is_pending_until_what_its_end_woke_has_returned() -> None:
    pending: list[bool] = []
    ends = RunEnds(lambda arn: pending.append(ends.is_pending(arn)))
    ends.handle(entered())
    assert ends.is_pending(ARN)
    ends.handle(ExecutionEnded(arn=ARN, status="SUCCEEDED"))
    assert (pending, ends.is_pending(ARN), ends.count) == ([True], False, 1)
    ends.handle(entered())  # a branch that speaks up late
    assert not ends.is_pending(ARN)


def test_after_the_close_nobody_is_woken() -> None:
    woken: list[str] = []
    ends = RunEnds(woken.append)
    ends.handle(ExecutionEnded(arn=ARN, status="ABORTED"))
    ends.close()
    ends.handle(ExecutionEnded(arn=ARN, status="SUCCEEDED"))
    assert woken == []
