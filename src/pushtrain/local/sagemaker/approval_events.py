"""The event that EventBridge would carry when a model version was updated. Pure.

Source: EventBridge events of SageMaker, "SageMaker model package state change". Unknown on AWS: whether its times
have milliseconds (here they do), and whether a status that was set to what it was counts as updated (here it does).
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
# Member of UpdateModelPackage -> its name in UpdatedModelPackageFields.
UPDATES = {
    "ModelLifeCycle": "ModelLifeCycle",
    "ModelApprovalStatus": "ModelApprovalStatus",
    "ApprovalDescription": "ApprovalDescription",
    "SourceUri": "sourceUri",
    "CustomerMetadataProperties": "CustomerMetadataProperties",
    "CustomerMetadataPropertiesToRemove": "CustomerMetadataProperties",
    "InferenceSpecification": "InferenceSpecification",
}


def build_approval_event(version: Mapping[str, Any], asked: Iterable[str], platform: Platform) -> dict[str, Any]:
    """The event of an update: the version as it is now (times in epoch seconds), and what the request named."""
    times = {name: _iso(version[name]) for name in TIMES if name in version}
    updated = sorted({UPDATES[name] for name in asked if name in UPDATES})
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
        "detail": {**detail, **times, "UpdatedModelPackageFields": updated},
    }


def matches_rule(event: Mapping[str, Any]) -> bool:
    """Whether EventBridge's rule for approvals lets the event through."""
    wanted = EVENT_PATTERN["detail"]["UpdatedModelPackageFields"]
    return bool(set(wanted) & set(event["detail"]["UpdatedModelPackageFields"]))


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
