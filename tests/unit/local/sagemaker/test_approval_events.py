"""The event of an updated model version, and the rule that lets it through."""

from __future__ import annotations

from pushtrain.local.sagemaker.approval_events import build_approval_event, matches_rule
from pushtrain.platform import Platform

VERSION = {
    "ModelPackageArn": "arn:aws:sagemaker:us-east-1:123456789012:model-package/churn/3",
    "ModelPackageGroupName": "churn",
    "ModelPackageVersion": 3,
    "ModelApprovalStatus": "Approved",
    "CreationTime": 1_793_000_000.25,
    "LastModifiedTime": 1_793_000_001.5,
    "ClientToken": "not described",
}


def test_the_event_describes_the_version_after_the_update() -> None:
    event = build_approval_event(VERSION, ["ModelPackageArn", "ModelApprovalStatus"], Platform.local())
    assert event["resources"] == [VERSION["ModelPackageArn"]]
    assert event["time"] == "2026-10-26T07:33:21Z"
    detail = event["detail"]
    assert (detail["ModelApprovalStatus"], detail["ModelPackageVersion"]) == ("Approved", 3)
    assert detail["CreationTime"] == "2026-10-26T07:33:20.250Z"
    assert detail["UpdatedModelPackageFields"] == ["ModelApprovalStatus"]
    assert "ClientToken" not in detail


def test_the_rule_matches_updates_of_the_status_only() -> None:
    approved = build_approval_event(VERSION, ["ModelApprovalStatus", "ApprovalDescription"], Platform.local())
    described = build_approval_event(VERSION, ["CustomerMetadataPropertiesToRemove"], Platform.local())
    assert matches_rule(approved)
    assert described["detail"]["UpdatedModelPackageFields"] == ["CustomerMetadataProperties"]
    assert not matches_rule(described)
