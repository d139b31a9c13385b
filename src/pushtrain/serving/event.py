"""EventBridge event -> Change. Pure; what an event says of the status is not believed, only that it changed, and when.

Source: EventBridge events of SageMaker, "SageMaker model package state change". SageMaker may send several events
for one change, and EventBridge promises no order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

SOURCE = "aws.sagemaker"
DETAIL_TYPE = "SageMaker Model Package State Change"
UPDATED = "UpdatedModelPackageFields"
STATUS = "ModelApprovalStatus"

# The rule that wakes `on_approval`: an edited description leaves the field out.
EVENT_PATTERN: Mapping[str, Any] = {"source": [SOURCE], "detail-type": [DETAIL_TYPE], "detail": {UPDATED: [STATUS]}}


@dataclass(frozen=True, kw_only=True)
class ApprovalChange:
    """The approval status of a model version changed at a time: ISO 8601 in UTC, in milliseconds."""

    model: str
    arn: str
    changed_at: str


def read_event(event: Mapping[str, Any]) -> ApprovalChange | None:
    """The change of an approval status; None for any other event, and for packages that are no versions.

    Whether AWS names updated fields when a version is created is not documented. An event that names none is taken
    for a creation, which may be one as Approved; it counts from CreationTime, so that it never outdoes an approval
    made since.
    """
    detail = event["detail"]
    if (event["source"], event["detail-type"]) != (SOURCE, DETAIL_TYPE) or not detail.get("ModelPackageGroupName"):
        return None
    updated = detail.get(UPDATED)
    if updated and STATUS not in updated:
        return None
    at = detail["LastModifiedTime"] if updated else detail["CreationTime"]
    return ApprovalChange(model=detail["ModelPackageGroupName"], arn=detail["ModelPackageArn"], changed_at=_when(at))


def _when(time: str | float) -> str:
    """AWS's samples write ISO 8601 in whole seconds; SageMaker's job events have epoch milliseconds."""
    when = datetime.fromisoformat(time) if isinstance(time, str) else datetime.fromtimestamp(time / 1000, UTC)
    return when.astimezone(UTC).isoformat(timespec="milliseconds")
