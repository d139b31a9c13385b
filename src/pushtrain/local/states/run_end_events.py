"""The event that EventBridge would carry when a run ended. Pure.

Source: EventBridge events of Step Functions, "Step Functions Execution Status Change": the fields of
DescribeExecution, times in epoch milliseconds. AWS leaves input and output out where they are too large together.
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
    """The event of a run, from the answer of DescribeExecution."""
    detail = {name: _plain(described.get(name)) for name in DETAIL}
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


def _plain(value: Any) -> Any:
    return int(value.timestamp() * 1000) if isinstance(value, datetime) else value
