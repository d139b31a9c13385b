from __future__ import annotations

import getpass
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from pushtrain.aws import client
from pushtrain.local.aws import up
from pushtrain.platform import Platform
from tests.forks import Dialogue

GROUP = "churn"
IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/sklearn:1"
INFERENCE = {
    "Containers": [{"Image": IMAGE, "ModelDataUrl": "s3://artifacts/model.tar.gz"}],
    "SupportedContentTypes": ["text/csv"],
    "SupportedResponseMIMETypes": ["text/csv"],
}
REGISTER = """
import sys
from pathlib import Path
from pushtrain.aws import client
from pushtrain.local.aws import up
from pushtrain.platform import Platform
with up(Path(sys.argv[1]), Platform.local(), handlers={}):
    sagemaker = client("sagemaker")
    print("ready", flush=True)
    sys.stdin.readline()
    for n in range(5):
        arn = sagemaker.create_model_package(ModelPackageGroupName="churn")["ModelPackageArn"]
        print(arn.rpartition("/")[2], flush=True)
"""


@pytest.fixture
def sagemaker(tmp_path: Path) -> Iterator[Any]:
    with up(tmp_path, Platform.local(), handlers={}):
        sagemaker = client("sagemaker")
        sagemaker.create_model_package_group(ModelPackageGroupName=GROUP, ModelPackageGroupDescription="분류")
        yield sagemaker


def register(sagemaker: Any, **more: Any) -> str:
    request = {
        "ModelPackageGroupName": GROUP,
        "InferenceSpecification": INFERENCE,
        "ModelApprovalStatus": "PendingManualApproval",
        "CustomerMetadataProperties": {"accuracy": "0.95", "점수": "1"},
        **more,
    }
    arn: str = sagemaker.create_model_package(**request)["ModelPackageArn"]
    return arn


def test_versions_of_a_group_count_from_one(sagemaker: Any) -> None:
    arns = [register(sagemaker), register(sagemaker)]
    assert arns == [f"arn:aws:sagemaker:us-east-1:123456789012:model-package/{GROUP}/{n}" for n in (1, 2)]


def test_a_version_is_described_as_it_was_created(sagemaker: Any) -> None:
    metrics = {"ModelQuality": {"Statistics": {"ContentType": "application/json", "S3Uri": "s3://a/e.json"}}}
    arn = register(sagemaker, ModelMetrics=metrics, ClientToken="token", MetadataProperties={"CommitId": "abc"})
    described = sagemaker.describe_model_package(ModelPackageName=arn)
    assert described["ModelPackageVersion"] == 1
    assert described["InferenceSpecification"] == INFERENCE
    assert described["ModelMetrics"] == metrics
    assert described["CustomerMetadataProperties"] == {"accuracy": "0.95", "점수": "1"}
    assert described["MetadataProperties"] == {"CommitId": "abc"}
    assert described["ModelPackageStatus"] == "Completed"
    assert described["CreatedBy"]["UserProfileName"] == getpass.getuser()
    assert abs(described["CreationTime"] - datetime.now(UTC)) < timedelta(minutes=1)
    assert "LastModifiedTime" not in described


def test_an_approval_changes_only_what_it_names(sagemaker: Any) -> None:
    arn = register(sagemaker)
    sagemaker.update_model_package(ModelPackageArn=arn, ModelApprovalStatus="Approved", ApprovalDescription="좋다")
    sagemaker.update_model_package(
        ModelPackageArn=arn,
        CustomerMetadataProperties={"approver": "kim"},
        CustomerMetadataPropertiesToRemove=["점수"],
    )
    described = sagemaker.describe_model_package(ModelPackageName=arn)
    assert described["ModelApprovalStatus"] == "Approved"
    assert described["ApprovalDescription"] == "좋다"
    assert described["CustomerMetadataProperties"] == {"accuracy": "0.95", "approver": "kim"}
    assert described["InferenceSpecification"] == INFERENCE
    assert described["LastModifiedBy"]["UserProfileName"] == getpass.getuser()
    assert described["LastModifiedTime"] >= described["CreationTime"]


def test_the_registry_outlives_the_process_and_numbers_go_on(tmp_path: Path) -> None:
    with up(tmp_path, Platform.local(), handlers={}):
        client("sagemaker").create_model_package_group(ModelPackageGroupName=GROUP)
        arn = register(client("sagemaker"))
        client("sagemaker").update_model_package(ModelPackageArn=arn, ModelApprovalStatus="Rejected")
    with up(tmp_path, Platform.local(), handlers={}):
        sagemaker = client("sagemaker")
        assert sagemaker.describe_model_package(ModelPackageName=arn)["ModelApprovalStatus"] == "Rejected"
        assert register(sagemaker).endswith("/2")


def test_two_processes_that_register_at_once_share_the_numbers(tmp_path: Path) -> None:
    with up(tmp_path, Platform.local(), handlers={}):
        client("sagemaker").create_model_package_group(ModelPackageGroupName=GROUP)
        with Dialogue(REGISTER, tmp_path) as one, Dialogue(REGISTER, tmp_path) as other:
            assert (one.stdout.readline(), other.stdout.readline()) == ("ready\n", "ready\n")
            for process in (one, other):
                process.stdin.write("go\n")
            numbers = [line for process in (one, other) for line in process.communicate()[0].split()]
        assert sorted(map(int, numbers)) == list(range(1, 11))
        listed = client("sagemaker").list_model_packages(ModelPackageGroupName=GROUP)
        assert len(listed["ModelPackageSummaryList"]) == 10, "a process that was up before sees them too"


def test_the_same_client_token_is_the_same_version(sagemaker: Any) -> None:
    first = register(sagemaker, ClientToken="run-1")
    assert register(sagemaker, ClientToken="run-1") == first
    assert register(sagemaker, ClientToken="run-2") != first


def test_lists_filter_sort_and_page(sagemaker: Any) -> None:
    arns = [register(sagemaker) for _ in range(11)]
    sagemaker.update_model_package(ModelPackageArn=arns[2], ModelApprovalStatus="Approved")
    sagemaker.create_model_package_group(ModelPackageGroupName="other")
    register(sagemaker, ModelPackageGroupName="other")

    def versions(**filters: Any) -> list[int]:
        summaries = sagemaker.get_paginator("list_model_packages").paginate(ModelPackageGroupName=GROUP, **filters)
        return [summary["ModelPackageVersion"] for page in summaries for summary in page["ModelPackageSummaryList"]]

    assert versions() == list(range(1, 12))
    assert versions(SortBy="CreationTime", SortOrder="Descending")[:2] == [11, 10]
    assert versions(ModelApprovalStatus="Approved") == [3]
    assert versions(PaginationConfig={"PageSize": 4}) == list(range(1, 12))
    newest = sagemaker.list_model_packages(
        ModelPackageGroupName=f"arn:aws:sagemaker:us-east-1:123456789012:model-package-group/{GROUP}",
        SortOrder="Descending",
        MaxResults=1,
    )
    assert [summaries["ModelPackageArn"] for summaries in newest["ModelPackageSummaryList"]] == [arns[-1]]
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    assert versions(CreationTimeAfter=tomorrow) == []
    assert len(versions(CreationTimeBefore=tomorrow)) == 11


def test_groups_are_listed_and_described(sagemaker: Any) -> None:
    assert sagemaker.describe_model_package_group(ModelPackageGroupName=GROUP)["ModelPackageGroupDescription"] == (
        "분류"
    )
    names = sagemaker.list_model_package_groups(NameContains="chu")["ModelPackageGroupSummaryList"]
    assert [group["ModelPackageGroupName"] for group in names] == [GROUP]
    assert sagemaker.list_model_package_groups(NameContains="no")["ModelPackageGroupSummaryList"] == []


def test_many_are_described_at_once_and_unknown_ones_named(sagemaker: Any) -> None:
    arn = register(sagemaker)
    unknown = arn[:-1] + "9"
    answer = sagemaker.batch_describe_model_package(ModelPackageArnList=[arn, unknown])
    assert answer["ModelPackageSummaries"][arn]["ModelApprovalStatus"] == "PendingManualApproval"
    assert answer["ModelPackageSummaries"][arn]["InferenceSpecification"] == INFERENCE
    assert list(answer["BatchDescribeModelPackageErrorMap"]) == [unknown]


def test_a_deleted_version_is_gone_and_its_number_not_given_again(sagemaker: Any) -> None:
    arn = register(sagemaker)
    sagemaker.delete_model_package(ModelPackageName=arn)
    assert (
        refusal(sagemaker.describe_model_package, ModelPackageName=arn)
        == "ModelPackage arn:aws:sagemaker:us-east-1:123456789012:model-package/churn/1 does not exist."
    )
    assert register(sagemaker).endswith("/2")


def test_a_group_goes_only_when_it_is_empty(sagemaker: Any) -> None:
    arn = register(sagemaker)
    assert (
        refusal(sagemaker.delete_model_package_group, ModelPackageGroupName=GROUP)
        == "Model Package Group churn has versions: delete them first"
    )
    sagemaker.delete_model_package(ModelPackageName=arn)
    sagemaker.delete_model_package_group(ModelPackageGroupName=GROUP)
    assert sagemaker.list_model_package_groups()["ModelPackageGroupSummaryList"] == []


def refusal(call: Any, **request: Any) -> str:
    """The text of a ValidationException, which is what the registry answers to a wrong request."""
    with pytest.raises(ClientError) as raised:
        call(**request)
    assert raised.value.response["Error"]["Code"] == "ValidationException"
    return str(raised.value.response["Error"]["Message"])


@pytest.mark.parametrize(
    ("member", "value", "message"),
    [
        (
            "ModelPackageGroupName",
            "nobody",
            ("ModelPackageGroup arn:aws:sagemaker:us-east-1:123456789012:model-package-group/nobody does not exist."),
        ),
        (
            "ModelApprovalStatus",
            "Maybe",
            ("ModelApprovalStatus: 'Maybe' is no value of it (one of Approved, Rejected, PendingManualApproval)"),
        ),
        (
            "CustomerMetadataProperties",
            {"accuracy": "x" * 257},
            "CustomerMetadataProperties.accuracy: has 257 characters; AWS takes at most 256",
        ),
        (
            "CustomerMetadataProperties",
            {"accuracy": '{"a": 1}'},
            (
                "CustomerMetadataProperties.accuracy: '{\"a\": 1}' does not match AWS's pattern "
                "([\\p{L}\\p{Z}\\p{N}_.:\\/=+\\-@]*)${1,256}"
            ),
        ),
        ("ClientToken", "x" * 37, "ClientToken: has 37 characters; AWS takes at most 36"),
    ],
)
def test_what_aws_would_refuse_is_refused(sagemaker: Any, member: str, value: Any, message: str) -> None:
    def create() -> None:
        register(sagemaker, **{member: value})

    assert refusal(create) == message
    assert sagemaker.list_model_packages(ModelPackageGroupName=GROUP)["ModelPackageSummaryList"] == []


def test_wrong_updates_are_refused(sagemaker: Any) -> None:
    arn = register(sagemaker)
    update = sagemaker.update_model_package
    assert (
        refusal(update, ModelPackageArn=arn, ModelApprovalStatus="Perhaps")
        == "ModelApprovalStatus: 'Perhaps' is not Approved, Rejected or PendingManualApproval"
    )
    assert (
        refusal(update, ModelPackageArn=arn, ApprovalDescription="a\nb")
        == "ApprovalDescription: one line of at most 1024 characters"
    )
    assert (
        refusal(update, ModelPackageArn=f"{arn}9", ModelApprovalStatus="Approved")
        == "ModelPackage arn:aws:sagemaker:us-east-1:123456789012:model-package/churn/19 does not exist."
    )


def test_a_version_of_no_group_is_refused(sagemaker: Any) -> None:
    create = sagemaker.create_model_package
    assert (
        refusal(create, ModelPackageDescription="of no group")
        == "ModelPackageGroupName is missing: here every package is a version of a group"
    )


def test_a_taken_group_name_is_refused(sagemaker: Any) -> None:
    message = refusal(sagemaker.create_model_package_group, ModelPackageGroupName=GROUP)
    assert message == (
        "Model Package Group already exists: arn:aws:sagemaker:us-east-1:123456789012:model-package-group/churn"
    )
