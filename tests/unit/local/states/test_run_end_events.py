"""The event of a run that ended."""

from __future__ import annotations

from datetime import UTC, datetime

from pushtrain.local.states.run_end_events import build_run_end_event
from pushtrain.platform import Platform

ARN = "arn:aws:states:us-east-1:123456789012:execution:pushtrain-churn:run"


def test_the_event_has_the_fields_of_describe_execution_with_times_in_milliseconds() -> None:
    described = {
        "executionArn": ARN,
        "status": "SUCCEEDED",
        "startDate": datetime(2026, 11, 2, 8, 15, 30, tzinfo=UTC),
        "stopDate": datetime(2026, 11, 2, 8, 15, 31, 500_000, tzinfo=UTC),
        "output": "{}",
    }
    event = build_run_end_event(described, Platform.local())
    assert (event["resources"], event["time"]) == ([ARN], "2026-11-02T08:15:31+00:00")
    detail = event["detail"]
    assert (detail["status"], detail["output"], detail["error"]) == ("SUCCEEDED", "{}", None)
    assert detail["stopDate"] - detail["startDate"] == 1500
