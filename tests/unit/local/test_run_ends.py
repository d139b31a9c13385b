"""Which runs call the function, and until when a run is pending."""

from __future__ import annotations

import threading
import time

import pytest

from pushtrain.catalog.job_kinds import TRAINING
from pushtrain.errors import LocalError
from pushtrain.local.events import ExecutionEnded, ExecutionStarted, JobEnded, JobStarted
from pushtrain.local.run_ends import RunEnds

ARN = "arn:aws:states:us-east-1:123456789012:execution:pushtrain-churn:r"


@pytest.mark.parametrize("status", ["SUCCEEDED", "FAILED", "ABORTED", "TIMED_OUT"])
def test_a_run_is_pending_until_the_call_for_its_end_has_returned(status: str) -> None:
    pending: list[bool] = []
    ends = RunEnds(lambda arn: pending.append(ends.is_pending(arn)))
    ends.handle(ExecutionStarted(arn=ARN))
    assert ends.is_pending(ARN)
    ends.handle(ExecutionEnded(arn=ARN, status=status))
    assert (pending, ends.is_pending(ARN), ends.count) == ([True], False, 1)


def test_a_redriven_run_is_pending_until_the_call_for_its_second_end_has_returned() -> None:
    pending: list[bool] = []

    def redrive_during_the_first_call(arn: str) -> None:
        if not pending:
            ends.handle(ExecutionStarted(arn=arn))
        pending.append(ends.is_pending(arn))

    ends = RunEnds(redrive_during_the_first_call)
    ends.handle(ExecutionStarted(arn=ARN))
    ends.handle(ExecutionEnded(arn=ARN, status="FAILED"))
    assert ends.is_pending(ARN)
    ends.handle(ExecutionEnded(arn=ARN, status="FAILED"))
    assert (pending, ends.is_pending(ARN)) == ([True, True], False)


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


def test_a_call_that_raises_leaves_no_run_pending() -> None:
    def fail(_: str) -> None:
        raise LocalError("the disk is full")

    ends = RunEnds(fail)
    ends.handle(ExecutionStarted(arn=ARN))
    with pytest.raises(LocalError):
        ends.handle(ExecutionEnded(arn=ARN, status="SUCCEEDED"))
    assert (ends.is_pending(ARN), ends.count) == (False, 1)
