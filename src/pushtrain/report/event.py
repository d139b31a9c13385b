"""Read Step Functions' EventBridge event about a run that has succeeded. Pure.

Source: EventBridge events of Step Functions, "Step Functions Execution Status Change".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pushtrain.platform import Platform

SOURCE = "aws.states"
DETAIL_TYPE = "Step Functions Execution Status Change"
SUCCEEDED = "SUCCEEDED"

# The rule that starts `on_run_end`. The deployment adds the ARNs of the platform's state machines.
EVENT_PATTERN: Mapping[str, Any] = {
    "source": [SOURCE],
    "detail-type": [DETAIL_TYPE],
    "detail": {"status": [SUCCEEDED]},
}


def read_event(event: Mapping[str, Any], platform: Platform) -> tuple[str, str] | None:
    """Return (model, run) of an execution of this platform that succeeded; None for other events.

    The ARN of an execution is `arn:…:execution:<prefix>-<model>:<run>`.
    """
    detail = event["detail"]
    if (event["source"], event["detail-type"], detail["status"]) != (SOURCE, DETAIL_TYPE, SUCCEEDED):
        return None
    _, _, state_machine, run = detail["executionArn"].rsplit(":", 3)
    prefix = f"{platform.prefix}-"
    return (state_machine.removeprefix(prefix), run) if state_machine.startswith(prefix) else None
