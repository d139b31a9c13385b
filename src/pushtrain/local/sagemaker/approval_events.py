"""Build the event that EventBridge sends when a model version was updated. Pure.

Source: EventBridge events of SageMaker, "SageMaker model package state change". AWS does not document whether the times
have milliseconds (here they do), or whether setting a status to the same value counts as an update (here it does).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from pushtrain.platform import Platform
from pushtrain.serving import EVENT_PATTERN

TIMES = ("CreationTime", "LastModifiedTime")
DETAIL = (
    "ModelPackageGroupName", "ModelPackageVersion", "ModelPackageArn", "ModelPackageDescription",
    "InferenceSpecification", "ModelPackageStatus", "ModelPackageStatusDetails", "CertifyForMarketplace",
    "ModelApprovalStatus", "MetadataProperties", "ModelMetrics", "ModelLifeCycle", "ApprovalDescription",
    "CustomerMetadataProperties",
)  # fmt: skip
# Member of UpdateModelPackage → its name in UpdatedModelPackageFields.
UPDATED_FIELDS = {
    "ModelLifeCycle": "ModelLifeCycle",
    "ModelApprovalStatus": "ModelApprovalStatus",
    "ApprovalDescription": "ApprovalDescription",
    "SourceUri": "sourceUri",
    "CustomerMetadataProperties": "CustomerMetadataProperties",
    "CustomerMetadataPropertiesToRemove": "CustomerMetadataProperties",
    "InferenceSpecification": "InferenceSpecification",
}


def build_approval_event(
    version: Mapping[str, Any], updated_members: Iterable[str], platform: Platform
) -> dict[str, Any]:
    """Return the event of an update.

    `version` is the version after the update (times in epoch seconds). `updated_members` are the members of the
    UpdateModelPackage request.
    """
    times = {name: _format_iso(version[name]) for name in TIMES if name in version}
    updated_fields = sorted({UPDATED_FIELDS[name] for name in updated_members if name in UPDATED_FIELDS})
    detail = {name: version[name] for name in DETAIL if name in version}
    return {
        "version": "0",
        "id": str(uuid4()),
        "detail-type": EVENT_PATTERN["detail-type"][0],
        "source": EVENT_PATTERN["source"][0],
        "account": platform.account,
        "time": times["LastModifiedTime"][:19] + "Z",
        "region": platform.region,
        "resources": [version["ModelPackageArn"]],
        "detail": {**detail, **times, "UpdatedModelPackageFields": updated_fields},
    }


def matches_rule(event: Mapping[str, Any]) -> bool:
    """Return True if the event matches EventBridge's rule for approvals."""
    rule_fields = EVENT_PATTERN["detail"]["UpdatedModelPackageFields"]
    return bool(set(rule_fields) & set(event["detail"]["UpdatedModelPackageFields"]))


def _format_iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
