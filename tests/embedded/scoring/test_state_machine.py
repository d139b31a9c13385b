"""The state machine of the platform lets approved versions answer files, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pushtrain.aws import client
from pushtrain.layout import build_score_answers_prefix, build_score_rows_key
from pushtrain.local.aws import LocalAws
from pushtrain.teams import ONLY_TEAM
from pushtrain.workflow.scoring import build_score_input
from tests.embedded.registered import PLATFORM
from tests.embedded.scoring.approved import approved, write_approved

INPUT = build_score_input(
    model="churn",
    version=1,
    instance="ml.m5.large",
    seconds=600,
    strategy="MultiRecord",
    content_type="text/csv",
    accept="text/csv",
)


def score(aws: LocalAws, name: str = "one", /, **changes: object) -> dict[str, Any]:
    """Start an execution with the input INPUT and these changes, and wait for its end."""
    arn = client("stepfunctions").start_execution(
        stateMachineArn=PLATFORM.build_score_arn(ONLY_TEAM), name=name, input=json.dumps({**INPUT, **changes})
    )["executionArn"]
    return aws.wait(arn)


def put_rows(body: bytes, name: str = "one") -> None:
    client("s3").put_object(Bucket=PLATFORM.artifact_bucket, Key=build_score_rows_key("churn", name), Body=body)


def list_models() -> list[str]:
    return [model["ModelName"] for model in client("sagemaker").list_models()["Models"]]


def test_the_approved_copy_answers_and_its_model_is_deleted(tmp_path: Path) -> None:
    with approved(tmp_path) as aws:
        put_rows(b"1\n2\n")
        ended = score(aws)
        assert json.loads(ended["output"]) == {
            "job": "pushtrain--score-one",
            "answers": "s3://pushtrain-artifacts/.scores/answers/churn/one/",
        }
        key = build_score_answers_prefix("churn", "one") + "one.out"
        assert client("s3").get_object(Bucket=PLATFORM.artifact_bucket, Key=key)["Body"].read() == b"w-1\nw-2\n"
        assert list_models() == []
        job = client("sagemaker").describe_transform_job(TransformJobName="pushtrain--score-one")
        assert job["TransformResources"] == {"InstanceType": "ml.m5.large", "InstanceCount": 1}


def test_a_job_that_fails_leaves_no_model(tmp_path: Path) -> None:
    with approved(tmp_path, code="def model_fn(folder):\n    raise ValueError('이 모델은 없음')\n") as aws:
        put_rows(b"1\n")
        ended = score(aws)
        assert (ended["status"], ended["error"]) == ("FAILED", "States.TaskFailed")
        assert "이 모델은 없음" in json.loads(ended["cause"])["FailureReason"]
        assert list_models() == []


REFUSALS: list[tuple[dict[str, object], str, str]] = [
    ({"version": "1/decisions"}, "InvalidInput", "version (a number)"),
    ({"model": 7}, "InvalidInput", "expected model, instance, content_type and accept (text)"),
    ({"accept": {"a": 1}}, "InvalidInput", "expected model, instance, content_type and accept (text)"),
    ({"content_type": None}, "InvalidInput", "expected model, instance, content_type and accept (text)"),
    ({"seconds": 86_401}, "InvalidInput", "seconds (60 to 86400)"),
    ({"seconds": 1}, "InvalidInput", "seconds (60 to 86400)"),
    ({"seconds": "600"}, "InvalidInput", "seconds (60 to 86400)"),
    ({"strategy": "All"}, "InvalidInput", "strategy (MultiRecord, SingleRecord or None)"),
    ({"instance": "ml.p4d.24xlarge"}, "InstanceNotOffered", "ml.p4d.24xlarge is no instance type for batches of churn"),
    ({"model": "churn/1/../churn"}, "S3.NoSuchKeyException", "The specified key does not exist"),
    ({"version": 2}, "S3.NoSuchKeyException", "The specified key does not exist"),
]


def test_an_input_that_nobody_may_send_starts_no_job(tmp_path: Path) -> None:
    with approved(tmp_path) as aws:
        for index, (changes, error, cause) in enumerate(REFUSALS):
            ended = score(aws, str(index), **changes)
            assert (ended["status"], ended["error"]) == ("FAILED", error), changes
            assert cause in ended["cause"]
        assert client("sagemaker").list_transform_jobs()["TransformJobSummaries"] == []
        assert list_models() == []


@pytest.mark.parametrize("status", ["PendingManualApproval", "Rejected"])
def test_a_version_that_is_not_approved_now_answers_nothing(tmp_path: Path, status: str) -> None:
    with approved(tmp_path, status=status) as aws:
        put_rows(b"1\n")
        ended = score(aws)
        assert (ended["error"], ended["cause"]) == ("NotApproved", f"churn version 1 is {status}, not Approved")
        assert list_models() == []


def test_image_variables_and_archive_are_not_those_of_the_input(tmp_path: Path) -> None:
    own: dict[str, object] = {
        "image": "own:1",
        "environment": {"A": "1"},
        "ModelDataUrl": "s3://mine/model.tar.gz",
        "role": "admin",
    }
    with approved(tmp_path) as aws:
        put_rows(b"1\n")
        assert score(aws, **own)["status"] == "SUCCEEDED"


def test_a_document_of_another_version_is_refused(tmp_path: Path) -> None:
    with approved(tmp_path) as aws:
        package = client("sagemaker").list_model_packages(ModelPackageGroupName="pushtrain-churn")[
            "ModelPackageSummaryList"
        ][0]["ModelPackageArn"]
        write_approved(package, "image", b"", model="fraud")
        ended = score(aws)
        assert (ended["error"], ended["cause"]) == (
            "OtherVersion",
            "the approved copy is that of another model or version",
        )
