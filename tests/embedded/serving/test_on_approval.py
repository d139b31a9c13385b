"""The function `on_approval` on a deployed platform: serving and the index of versions follow each decision."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from pushtrain.aws import client
from pushtrain.errors import RegistryError, StorageConflict
from pushtrain.platform import PLATFORM_VARIABLE
from pushtrain.version_index import list_all_versions
from pushtrain_lambda import on_approval
from tests.embedded.serving.approvals import PLATFORM, Bus, delete_artifact, register

DEPLOYED = msgspec.structs.replace(PLATFORM, local_option="")


@pytest.fixture
def arns(bus: Bus, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setenv(PLATFORM_VARIABLE, DEPLOYED.to_json())
    return register(versions=2)


def decide(bus: Bus, arn: str, status: str) -> None:
    client("sagemaker").update_model_package(ModelPackageArn=arn, ModelApprovalStatus=status)
    on_approval.handler(bus.events.pop(), None)


def read_list() -> tuple[list[str], Any]:
    """Return the statuses that the list shows, from the index, and which version serves."""
    listing = list_all_versions(DEPLOYED)
    return [version.status for version in listing.versions], listing.serving["churn"]


def test_the_list_follows_each_decision(bus: Bus, arns: list[str]) -> None:
    decide(bus, arns[1], "Approved")
    assert read_list() == (["PendingManualApproval", "Approved"], 2)
    decide(bus, arns[1], "Rejected")
    assert read_list() == (["PendingManualApproval", "Rejected"], None)


def test_the_list_shows_a_decision_also_if_the_model_cannot_go_to_serving(bus: Bus, arns: list[str]) -> None:
    delete_artifact("churn", 1)
    with pytest.raises(RegistryError):
        decide(bus, arns[0], "Approved")
    assert read_list() == (["Approved", "PendingManualApproval"], None)


def test_why_the_model_cannot_go_to_serving_is_told_also_if_the_list_fails_too(
    bus: Bus, arns: list[str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise StorageConflict("others wrote it")

    monkeypatch.setattr(on_approval, "refresh_model", fail)
    delete_artifact("churn", 1)
    with pytest.raises(RegistryError, match="is gone"):
        decide(bus, arns[0], "Approved")
    assert [record.message for record in caplog.records if record.exc_info] == [
        "the index of versions was not written either"
    ]
    assert "others wrote it" in caplog.text
    with pytest.raises(StorageConflict):
        decide(bus, arns[1], "Approved")


def test_the_list_follows_a_deletion_that_cloudtrail_tells(bus: Bus, arns: list[str]) -> None:
    decide(bus, arns[1], "Rejected")
    client("sagemaker").delete_model_package(ModelPackageName=arns[1])
    event = {
        "source": "aws.sagemaker",
        "detail-type": "AWS API Call via CloudTrail",
        "detail": {"eventName": "DeleteModelPackage", "requestParameters": {"modelPackageName": arns[1]}},
    }
    assert on_approval.handler(event, None) == {"serving": None}
    assert read_list() == (["PendingManualApproval"], None)
