"""Read SageMaker's EventBridge event about a model version. Pure.

What serves follows from the fact and the time of the change; the status itself is read from the registry.
Source: EventBridge events of SageMaker, "SageMaker model package state change". SageMaker may send several events for
one change, and EventBridge does not guarantee their order.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct

from pushtrain.platform import Platform

SOURCE = "aws.sagemaker"
DETAIL_TYPE = "SageMaker Model Package State Change"
UPDATED = "UpdatedModelPackageFields"
STATUS = "ModelApprovalStatus"

# The rule that starts `on_approval`. An event for an edited description does not list the field. The rule of a platform
# also asks for its prefix in ModelPackageGroupName.
EVENT_PATTERN: Mapping[str, Any] = {"source": [SOURCE], "detail-type": [DETAIL_TYPE], "detail": {UPDATED: [STATUS]}}


class ApprovalChange(Struct, frozen=True, kw_only=True):
    """A model version's approval status changed at `changed_at`: ISO 8601 in UTC, in milliseconds.

    `status` is the status after this change; empty if the event does not tell. It is for the record only: what serves
    follows from the registry.
    """

    model: str
    arn: str
    changed_at: str
    status: str = ""

    def is_last_change(self, modified: str) -> bool:
        """Return True if the version was `modified` by this change and not since. An event may have whole seconds."""
        return self.changed_at in {modified, f"{modified[:19]}.000+00:00"}


def read_event(event: Mapping[str, Any], platform: Platform) -> ApprovalChange | None:
    """Return the change of an approval status; None for other events and for packages that are not of the platform.

    AWS does not document whether the event of a new version lists updated fields. An event that lists none is treated
    as a new version, which may be Approved from the start. It counts from CreationTime, so a later approval wins.
    """
    detail = event["detail"]
    model = platform.parse_group_name(detail.get("ModelPackageGroupName", ""))  # a package without a version has none
    if (event["source"], event["detail-type"]) != (SOURCE, DETAIL_TYPE) or not model:
        return None
    updated = detail.get(UPDATED)
    if updated and STATUS not in updated:
        return None
    changed_at = detail["LastModifiedTime"] if updated else detail["CreationTime"]
    return ApprovalChange(
        model=model,
        arn=detail["ModelPackageArn"],
        changed_at=_format_time(changed_at),
        status=detail.get(STATUS, ""),
    )


def _format_time(time: str | float) -> str:
    """Convert a time of an event: ISO 8601 as in AWS's samples, or epoch milliseconds as in job events."""
    moment = datetime.fromisoformat(time) if isinstance(time, str) else datetime.fromtimestamp(time / 1000, UTC)
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")
