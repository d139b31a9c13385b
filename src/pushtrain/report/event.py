"""EventBridge event -> the run that ended well. Pure.

Source: EventBridge events of Step Functions, "Step Functions Execution Status Change".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pushtrain.platform import Platform

SOURCE = "aws.states"
DETAIL_TYPE = "Step Functions Execution Status Change"
ENDED_WELL = "SUCCEEDED"

# The rule that wakes `on_run_end`; where it is deployed it also names the platform's state machines.
EVENT_PATTERN: Mapping[str, Any] = {
    "source": [SOURCE],
    "detail-type": [DETAIL_TYPE],
    "detail": {"status": [ENDED_WELL]},
}


def read_event(event: Mapping[str, Any], platform: Platform) -> tuple[str, str] | None:
    """(model, run) of an execution of the platform that ended well: `arn:…:execution:<prefix>-<model>:<run>`."""
    detail = event["detail"]
    if (event["source"], event["detail-type"], detail["status"]) != (SOURCE, DETAIL_TYPE, ENDED_WELL):
        return None
    _, _, machine, run = detail["executionArn"].rsplit(":", 3)
    head = f"{platform.prefix}-"
    return (machine.removeprefix(head), run) if machine.startswith(head) else None
