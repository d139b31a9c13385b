"""Model versions as the SageMaker Model Registry describes them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from pushtrain import aws
from pushtrain.errors import VersionNotFound
from pushtrain.platform import Platform
from pushtrain.registry import find_version, list_approved_arns, read_version, require_version
from pushtrain.registry.identity import Identity
from pushtrain.registry.versions import read_run_id

PLATFORM = Platform.local()
WHEN = datetime(2026, 11, 21, 8, 0, 0, 250_000, tzinfo=UTC)
ARN = "arn:aws:sagemaker:us-east-1:123456789012:model-package/pushtrain-churn"


class SageMaker:
    """A registry with versions 2 and 10 of churn."""

    code = ""

    def get_paginator(self, _: str) -> SageMaker:
        return self

    def paginate(self, **_: str) -> list[dict[str, Any]]:
        self._refuse()
        return [{"ModelPackageSummaryList": [{"ModelPackageArn": f"{ARN}/{number}"} for number in (2, 10)]}]

    def describe_model_package(self, **request: str) -> dict[str, Any]:
        self._refuse()
        arn = request["ModelPackageName"]
        return {
            "ModelPackageGroupName": "pushtrain-churn",
            "ModelPackageVersion": int(arn.rpartition("/")[2]),
            "ModelPackageArn": arn,
            "ModelApprovalStatus": "Approved",
            "CreationTime": WHEN,
            "InferenceSpecification": {"Containers": [{"Image": "image:1"}]},
            "LastModifiedBy": {"IamIdentity": {"Arn": "arn:role/jin", "PrincipalId": "AROA:jin"}},
        }

    def _refuse(self) -> None:
        if self.code:
            raise ClientError({"Error": {"Code": self.code, "Message": ""}}, "DescribeModelPackage")


@pytest.fixture(autouse=True)
def sagemaker(monkeypatch: pytest.MonkeyPatch) -> SageMaker:
    sagemaker = SageMaker()
    monkeypatch.setattr(aws, "client", lambda *_: sagemaker)
    return sagemaker


def test_a_version_is_read_by_its_number_with_times_in_utc() -> None:
    version = read_version(PLATFORM, "churn", 2)
    assert (version.version, version.created) == (2, "2026-11-21T08:00:00+00:00")
    assert version.modified == "2026-11-21T08:00:00.250+00:00"
    assert (version.decided_by, version.decider) == ("arn:role/jin", Identity(principal="AROA:jin", names=("jin",)))
    assert (version.run, version.metrics, version.artifact) == ("", {}, "")


def test_a_number_is_not_found_by_its_last_digit() -> None:
    with pytest.raises(VersionNotFound) as raised:
        read_version(PLATFORM, "churn", 0)
    assert str(raised.value) == "churn has no version 0. There are: 2, 10"
    with pytest.raises(VersionNotFound):
        require_version(PLATFORM, "churn", 1)


def test_the_highest_approved_version_comes_first() -> None:
    assert [arn.rpartition("/")[2] for arn in list_approved_arns(PLATFORM, "churn")] == ["10", "2"]


def test_a_deleted_version_is_none_and_any_other_error_is_raised(sagemaker: SageMaker) -> None:
    sagemaker.code = "ValidationException"
    assert find_version(PLATFORM, f"{ARN}/2") is None
    sagemaker.code = "ThrottlingException"
    with pytest.raises(ClientError):
        find_version(PLATFORM, f"{ARN}/2")


def test_who_may_not_see_the_registry_is_not_refused_by_it(sagemaker: SageMaker) -> None:
    sagemaker.code = "AccessDeniedException"
    require_version(PLATFORM, "churn", 1)


OWN = "arn:aws:states:us-east-1:123456789012:execution:pushtrain-churn:a1-b2"


@pytest.mark.parametrize(
    ("generated_by", "run"),
    [
        pytest.param(OWN, "a1-b2", id="own"),
        pytest.param(OWN.replace("pushtrain-churn", "pushtrain-basket"), "", id="of another model"),
        pytest.param(OWN.replace("pushtrain-churn", "pushtraindev-churn"), "", id="of another platform"),
        pytest.param(OWN.replace("us-east-1", "eu-west-1"), "", id="of another region"),
        pytest.param(OWN.replace("123456789012", "666655554444"), "", id="of another account"),
        pytest.param(f"x:execution:{OWN}", "", id="no ARN"),
        pytest.param("", "", id="by hand"),
    ],
)
def test_only_a_run_of_its_model_on_this_platform_stands_for_a_version(generated_by: str, run: str) -> None:
    package = {"ModelPackageGroupName": "pushtrain-churn", "MetadataProperties": {"GeneratedBy": generated_by}}
    assert read_run_id(PLATFORM, package) == run
