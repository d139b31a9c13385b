"""Build the event that EventBridge sends when a run ended. Pure.

Source: EventBridge events of Step Functions, "Step Functions Execution Status Change": the fields of DescribeExecution,
times in epoch milliseconds. AWS leaves out input and output if they are too large together; this module does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from pushtrain.platform import Platform
from pushtrain.report import EVENT_PATTERN

DETAIL = (
    "executionArn", "stateMachineArn", "name", "status", "startDate", "stopDate", "input", "inputDetails",
    "output", "outputDetails", "stateMachineVersionArn", "stateMachineAliasArn", "redriveCount", "redriveStatus",
    "redriveStatusReason", "error", "cause",
)  # fmt: skip


def build_run_end_event(described: Mapping[str, Any], platform: Platform) -> dict[str, Any]:
    """Return the event of a run. `described` is the response of DescribeExecution."""
    detail = {name: _convert_time(described.get(name)) for name in DETAIL}
    return {
        "version": "0",
        "id": str(uuid4()),
        "detail-type": EVENT_PATTERN["detail-type"][0],
        "source": EVENT_PATTERN["source"][0],
        "account": platform.account,
        "time": described["stopDate"].isoformat(timespec="seconds"),
        "region": platform.region,
        "resources": [described["executionArn"]],
        "detail": detail,
    }


def _convert_time(value: Any) -> Any:
    """Return a datetime as epoch milliseconds, and any other value as it is."""
    return int(value.timestamp() * 1000) if isinstance(value, datetime) else value
