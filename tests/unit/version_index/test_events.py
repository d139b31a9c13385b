"""Which model an event of EventBridge is about."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pushtrain.platform import Platform
from pushtrain.version_index import read_changed_model

EVENTS = Path(__file__).parents[2] / "events"
PLATFORM = Platform.local()


def build_deletion(name: str | None, event: str = "DeleteModelPackage") -> dict[str, Any]:
    """Build CloudTrail's event."""
    detail = {"eventName": event, "requestParameters": {"modelPackageName": name} if name else None}
    return {"source": "aws.sagemaker", "detail-type": "AWS API Call via CloudTrail", "detail": detail}


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("arn:aws:sagemaker:eu-central-1:123456789012:model-package/pushtrain-churn-2/3", "churn-2"),
        ("arn:aws:sagemaker:eu-central-1:123456789012:model-package/theirs/3", ""),
        ("unversioned", ""),
        (None, ""),
    ],
)
def test_a_deleted_version_is_one_of_its_model(name: str | None, model: str) -> None:
    assert read_changed_model(build_deletion(name), PLATFORM) == model


def test_another_call_is_about_no_model() -> None:
    arn = "arn:aws:sagemaker:eu-central-1:123456789012:model-package/pushtrain-churn/3"
    assert read_changed_model(build_deletion(arn, "CreateModelPackage"), PLATFORM) == ""


@pytest.mark.parametrize("name", ["approved", "rejected"])
def test_a_decision_is_about_its_model(name: str) -> None:
    event = json.loads((EVENTS / f"model-package-{name}.json").read_text())
    model = read_changed_model(event, PLATFORM)
    assert model
    assert PLATFORM.build_group_name(model) == event["detail"]["ModelPackageGroupName"]
