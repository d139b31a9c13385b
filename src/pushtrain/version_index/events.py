"""Read the EventBridge events after which the index of versions says something else. Pure.

SageMaker sends no event when a version is deleted. CloudTrail tells EventBridge of the call, if the account has a trail
of management events. Source: EventBridge user guide, "AWS service events delivered via CloudTrail".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pushtrain.platform import Platform
from pushtrain.serving import read_event

DELETION = "DeleteModelPackage"
CALL = "AWS API Call via CloudTrail"
DELETION_PATTERN: Mapping[str, Any] = {
    "source": ["aws.sagemaker"],
    "detail-type": [CALL],
    "detail": {"eventName": [DELETION], "errorCode": [{"exists": False}]},
}


def read_changed_model(event: Mapping[str, Any], platform: Platform) -> str:
    """Return the model of which a version was approved, rejected or deleted; empty for other events.

    DeleteModelPackage names a version by its ARN: `arn:…:model-package/ml-churn/3`.
    """
    detail = event["detail"]
    if event["detail-type"] == CALL and detail.get("eventName") == DELETION:
        name = (detail.get("requestParameters") or {}).get("modelPackageName", "")
        group = name.split("/")[-2] if "/" in name else ""
        return platform.parse_group_name(group)
    change = read_event(event, platform)
    return change.model if change else ""
