"""What an execution was told and what it returned may be anything: a person started it, their template ended it."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace

import boto3
import pytest
from botocore.stub import Stubber

from pushtrain import aws
from pushtrain.catalog.job_kinds import TRANSFORM
from pushtrain.errors import RunNotFound
from pushtrain.platform import Platform
from pushtrain.runs.history import ScheduledJob
from pushtrain.runs.read import _read_job, outcome_fields, parse_json_object, read_run

ARN = "arn:aws:sagemaker:us-east-1:123456789012:model-package/pushtrain-churn/3"


@pytest.mark.parametrize("text", [None, "", "[]", "7", '"registered"', "null"])
def test_what_is_no_mapping_tells_nothing(text: str | None) -> None:
    assert parse_json_object(text) == {}


@pytest.mark.parametrize(
    ("package", "number"),
    [(ARN, 3), ("churn", None), (["x"], None), (3, None), (None, None), (f"{ARN}/latest", None), ("", None)],
)
def test_the_version_is_the_number_of_its_arn(package: object, number: int | None) -> None:
    output = {"outcome": "registered", "model_package": package}
    assert outcome_fields("SUCCEEDED", output)["model_version"] == number


def test_a_run_that_aws_has_forgotten_is_not_found(monkeypatch: pytest.MonkeyPatch) -> None:
    dev = Platform.local("dev")
    client = boto3.client("stepfunctions", region_name=dev.region)
    monkeypatch.setattr(aws, "client", lambda service, region=None: client)
    stub = Stubber(client)
    stub.add_client_error("describe_execution", "ExecutionDoesNotExist")
    with stub, pytest.raises(RunNotFound) as raised:
        read_run(dev, "churn", "r1")
    message = "churn: there is no run 'r1'. `pushtrain runs list churn --local --environment dev` shows them"
    assert str(raised.value) == message


def test_a_transform_job_that_still_runs_has_no_time_of_its_last_change() -> None:
    """DescribeTransformJob has no LastModifiedTime."""
    described = {"TransformJobStatus": "InProgress", "CreationTime": datetime.now(UTC)}
    sagemaker = SimpleNamespace(describe_transform_job=lambda **_: described)
    job = _read_job(sagemaker, ScheduledJob(step="predict", kind=TRANSFORM, name="j"))
    assert job.status == "InProgress"
    assert job.seconds >= 0
