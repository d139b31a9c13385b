"""What an event of Step Functions says: the run that ended, or nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pushtrain.platform import Platform
from pushtrain.report.event import EndEvent, read_event, read_score_model

EVENT: dict[str, Any] = json.loads((Path(__file__).parents[2] / "events" / "run-succeeded.json").read_text())
PLATFORM = Platform.local()


def change_detail(**changes: object) -> dict[str, Any]:
    return {**EVENT, "detail": {**EVENT["detail"], **changes}}


@pytest.mark.parametrize("status", ["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"])
def test_every_end_of_a_run_of_this_platform_is_read(status: str) -> None:
    event = EndEvent(model="churn", run="a1b2c3d4e5f6-0a1b2c", status=status, redrives=None)
    assert read_event(change_detail(status=status), PLATFORM) == event


def test_the_event_says_how_often_the_run_was_redriven() -> None:
    event = read_event(change_detail(redriveCount=2), PLATFORM)
    assert event
    assert event.redrives == 2


@pytest.mark.parametrize("status", ["RUNNING", "PENDING_REDRIVE"])
def test_a_run_that_has_not_ended_is_none(status: str) -> None:
    assert read_event(change_detail(status=status), PLATFORM) is None


def test_state_machines_of_others_and_other_events_are_none() -> None:
    theirs = EVENT["detail"]["executionArn"].replace("pushtrain-", "pushtrains-")
    assert read_event(change_detail(executionArn=theirs), PLATFORM) is None
    assert read_event({**EVENT, "source": "aws.sagemaker"}, PLATFORM) is None


def test_the_end_of_a_model_that_answered_a_file_names_its_model() -> None:
    arn = "arn:aws:states:us-east-1:123456789012:execution:pushtrain_score:8c1f"
    assert read_score_model(change_detail(executionArn=arn, status="ABORTED"), PLATFORM) == "pushtrain--score-8c1f"
    assert read_score_model(change_detail(executionArn=arn, status="RUNNING"), PLATFORM) == ""
    assert read_score_model(EVENT, PLATFORM) == ""
    assert read_event(change_detail(executionArn=arn), PLATFORM) is None
