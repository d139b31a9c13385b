"""DescribeModelPackage is answered without HTTP, and nobody notices: the same members, errors and events."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, ParamValidationError

from pushtrain.aws import create_client
from pushtrain.local.aws import up
from pushtrain.local.sagemaker import direct_registry
from pushtrain.platform import Platform


@pytest.fixture
def sagemaker(tmp_path: Path) -> Iterator[Any]:
    with up(tmp_path, Platform.local(), handlers={}, load_engine=False):
        yield create_client("sagemaker")


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
    monkeypatch.setattr(direct_registry, "DESCRIBE", "")
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
