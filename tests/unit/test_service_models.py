"""botocore's models are found without a look into the folder of each service."""

from __future__ import annotations

from pathlib import Path

import pytest
from botocore.exceptions import DataNotFoundError, UnknownServiceError
from botocore.loaders import Loader

from pushtrain import aws
from pushtrain.service_models import ServiceModels


def test_the_services_are_those_of_botocore() -> None:
    assert ServiceModels().list_available_services("service-2") == Loader().list_available_services("service-2")


def test_boto3s_resources_are_those_of_boto3() -> None:
    assert aws._create_session().get_available_resources() == [
        "cloudformation",
        "cloudwatch",
        "dynamodb",
        "ec2",
        "glacier",
        "iam",
        "s3",
        "sns",
        "sqs",
    ]


@pytest.mark.parametrize("type_name", ["service-2", "paginators-1", "waiters-2", "endpoint-rule-set-1"])
def test_a_model_is_that_of_botocore(type_name: str) -> None:
    assert ServiceModels().load_service_model("sagemaker", type_name) == Loader().load_service_model(
        "sagemaker", type_name
    )


def test_a_service_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(UnknownServiceError, match="Unknown service: 'sagemakr'"):
        ServiceModels().load_service_model("sagemakr", "service-2")


def test_a_service_without_such_a_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "mine" / "2026-01-01").mkdir(parents=True)
    with pytest.raises(DataNotFoundError, match="mine"):
        ServiceModels([str(tmp_path)]).load_service_model("mine", "waiters-2")


def test_only_the_folder_of_the_service_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    loader, paths = ServiceModels(), list[str]()
    exists = loader.file_loader.exists

    def record_path(path: str) -> bool:
        paths.append(path)
        return exists(path)

    monkeypatch.setattr(loader.file_loader, "exists", record_path)
    loader.load_service_model("sagemaker", "service-2")
    assert paths
    assert {Path(path).parents[1].name for path in paths} == {"sagemaker"}


def test_sessions_share_the_models_that_were_read() -> None:
    first, second = (aws._create_session()._session.get_component("data_loader") for _ in range(2))
    assert first is second


def test_models_of_your_own_are_found_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine" / "2026-01-01").mkdir(parents=True)
    (tmp_path / "mine" / "2026-01-01" / "service-2.json").write_text("{}")
    monkeypatch.setenv("AWS_DATA_PATH", str(tmp_path))
    assert "mine" in aws._create_session().get_available_services()
