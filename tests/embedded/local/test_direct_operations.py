"""Our own operations are answered without HTTP, and nobody notices: the same members, errors and events."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, ParamValidationError

from pushtrain.aws import create_client
from pushtrain.local.aws import up
from pushtrain.local.direct_operations import DirectOperations
from pushtrain.platform import Platform

ARN = "arn:aws:states:us-east-1:123456789012"


@pytest.fixture
def sagemaker(tmp_path: Path) -> Iterator[Any]:
    with up(tmp_path, Platform.local(), handlers={}, load_engine=False):
        yield create_client("sagemaker")


def use_moto(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DirectOperations, "is_plain", lambda *_: False)


def register(sagemaker: Any) -> str:
    sagemaker.create_model_package_group(ModelPackageGroupName="churn")
    containers = [{"Image": "image", "ModelDataUrl": "s3://bucket/model.tar.gz"}]
    created = sagemaker.create_model_package(
        ModelPackageGroupName="churn",
        InferenceSpecification={"Containers": containers},
        CustomerMetadataProperties={"run": "훈련"},
    )
    return str(created["ModelPackageArn"])


def test_the_response_is_that_of_moto(sagemaker: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    arn = register(sagemaker)
    direct = sagemaker.describe_model_package(ModelPackageName=arn)
    use_moto(monkeypatch)
    moto = sagemaker.describe_model_package(ModelPackageName=arn)
    assert (direct.pop("ResponseMetadata")["HTTPStatusCode"], moto.pop("ResponseMetadata")["HTTPStatusCode"]) == (
        200,
        200,
    )
    assert direct == moto
    assert direct["CreationTime"].tzinfo is not None


def test_a_change_is_seen_at_once_and_errors_are_those_of_moto(sagemaker: Any) -> None:
    arn = register(sagemaker)
    sagemaker.update_model_package(ModelPackageArn=arn, ModelApprovalStatus="Approved")
    assert sagemaker.describe_model_package(ModelPackageName=arn)["ModelApprovalStatus"] == "Approved"
    sagemaker.delete_model_package(ModelPackageName=arn)
    with pytest.raises(ClientError, match="ValidationException"):
        sagemaker.describe_model_package(ModelPackageName=arn)
    with pytest.raises(ParamValidationError):
        sagemaker.describe_model_package(ModelPackageName=1)


def test_handlers_of_events_see_the_call(sagemaker: Any) -> None:
    arn, seen = register(sagemaker), []
    events = sagemaker.meta.events
    events.register("provide-client-params.sagemaker.*", lambda params, **_: seen.append(params["ModelPackageName"]))
    events.register(
        "after-call.sagemaker.DescribeModelPackage", lambda parsed, **_: seen.append(parsed["ModelPackageArn"])
    )
    sagemaker.describe_model_package(ModelPackageName=arn)
    assert seen == [arn, arn]


@pytest.mark.parametrize(
    ("service", "operation", "request_"),
    [
        ("stepfunctions", "describe_execution", {"executionArn": f"{ARN}:execution:churn:gone"}),
        ("stepfunctions", "describe_state_machine", {"stateMachineArn": f"{ARN}:stateMachine:gone"}),
        ("sagemaker", "describe_training_job", {"TrainingJobName": "gone"}),
        ("sagemaker", "describe_model_package_group", {"ModelPackageGroupName": "gone"}),
        ("logs", "get_log_events", {"logGroupName": "/aws/sagemaker/TrainingJobs", "logStreamName": "gone"}),
        ("logs", "describe_log_streams", {"logGroupName": "gone"}),
    ],
)
def test_errors_of_each_service_are_those_of_moto(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, service: str, operation: str, request_: dict[str, Any]
) -> None:
    with up(tmp_path, Platform.local(), handlers={}, load_engine=False):
        client = create_client(service)
        with pytest.raises(ClientError) as direct:
            getattr(client, operation)(**request_)
        use_moto(monkeypatch)
        with pytest.raises(ClientError) as moto:
            getattr(client, operation)(**request_)
    assert direct.value.response["Error"] == moto.value.response["Error"]
    assert type(direct.value).__name__ == type(moto.value).__name__


def test_moto_is_not_asked(sagemaker: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sagemaker, "_make_request", lambda *_: pytest.fail("moto was asked"))
    assert sagemaker.list_training_jobs(MaxResults=1)["TrainingJobSummaries"] == []
    with pytest.raises(ClientError, match="ValidationException"):
        sagemaker.describe_training_job(TrainingJobName="gone")
