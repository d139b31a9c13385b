"""What an event of Step Functions tells: the run that ended well, or nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pushtrain.platform import Platform
from pushtrain.report.event import read_event

EVENT: dict[str, Any] = json.loads((Path(__file__).parents[2] / "events" / "run-succeeded.json").read_text())
PLATFORM = Platform.local()


def test_a_run_of_ours_by_model_and_run() -> None:
    assert read_event(EVENT, PLATFORM) == ("churn", "a1b2c3d4e5f6-0a1b2c")


@pytest.mark.parametrize("status", ["RUNNING", "FAILED", "TIMED_OUT", "ABORTED"])
def test_a_run_that_did_not_end_well_is_nobodys_affair(status: str) -> None:
    assert read_event({**EVENT, "detail": {**EVENT["detail"], "status": status}}, PLATFORM) is None


def test_somebody_elses_machine_and_other_events_are_none() -> None:
    theirs = EVENT["detail"]["executionArn"].replace("pushtrain-", "pushtrains-")
    assert read_event({**EVENT, "detail": {**EVENT["detail"], "executionArn": theirs}}, PLATFORM) is None
    assert read_event({**EVENT, "source": "aws.sagemaker"}, PLATFORM) is None
