"""Which runs call the function, and until when a run is pending."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime

import pytest

from pushtrain.catalog.job_kinds import TRAINING
from pushtrain.local.events import Event, ExecutionEnded, JobEnded, JobStarted, StateEntered
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


def test_the_end_of_all_jobs_can_be_waited_for() -> None:
    ends = RunEnds(None)
    ends.wait_for_jobs(0)  # no job runs
    ends.handle(JobStarted(job="j", step="train", kind=TRAINING))
    started = time.monotonic()
    ends.wait_for_jobs(0.1)
    assert time.monotonic() - started >= 0.1
    threading.Timer(0.1, ends.handle, [JobEnded(job="j", status="Stopped", seconds=1.0)]).start()
    ends.wait_for_jobs(10)
    assert time.monotonic() - started < 5
