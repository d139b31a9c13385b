"""A batch transform job on this computer: a served model answers a file."""

from __future__ import annotations

import io
import json
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from pushtrain import aws
from pushtrain.layout import build_answers_prefix, build_latency_key
from pushtrain.local.container.jobs import JobResult
from pushtrain.local.inference.transform import run_transform
from tests.embedded.local.inference.stored import CODE, ECHO, build_model, find_image

JOB = "churn/runs/r1/serving-test/job-1"
REQUEST = {
    "ModelName": "m",
    "BatchStrategy": "SingleRecord",
    "TransformInput": {
        "DataSource": {"S3DataSource": {"S3Uri": "s3://code/model-repos/churn/3f1c9a/samples/고객.csv"}},
        "ContentType": "text/csv",
        "SplitType": "Line",
    },
    "TransformOutput": {"S3OutputPath": f"s3://artifacts/{build_answers_prefix(JOB)}", "Accept": "text/csv"},
}
REFUSING = ECHO.replace(
    "    return [model", "    if rows == ['2']:\n        raise ValueError('no such row')\n    return [model"
)


class S3:
    """Objects by their URI."""

    meta = SimpleNamespace(region_name="us-east-1")

    def __init__(self) -> None:
        self.bodies: dict[str, bytes] = {REQUEST["TransformInput"]["DataSource"]["S3DataSource"]["S3Uri"]: b"1\n2\n3\n"}  # type: ignore[index]

    def get_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803 - names of the API
        return {"Body": io.BytesIO(self.bodies[f"s3://{Bucket}/{Key}"])}

    def get_paginator(self, _: str) -> S3:
        return self

    def paginate(self, *, Bucket: str, Prefix: str) -> list[dict[str, Any]]:  # noqa: N803
        start = f"s3://{Bucket}/"
        return [
            {"Contents": [{"Key": uri.removeprefix(start)} for uri in self.bodies if uri.startswith(start + Prefix)]}
        ]

    def put_object(self, *, Bucket: str, Key: str, Body: Any) -> None:  # noqa: N803
        self.bodies[f"s3://{Bucket}/{Key}"] = Body if isinstance(Body, bytes) else Body.read()


class SageMaker:
    """Knows the model `m`."""

    def __init__(self, image: str) -> None:
        self.image = image

    def describe_model(self, *, ModelName: str) -> dict[str, Any]:  # noqa: N803
        if ModelName != "m":
            raise ClientError({"Error": {"Code": "ValidationException", "Message": ""}}, "DescribeModel")
        container = {"Image": self.image, "ModelDataUrl": "s3://artifacts/model.tar.gz", "Environment": CODE}
        return {"PrimaryContainer": container}


@pytest.fixture
def s3() -> S3:
    return S3()


def answer(
    s3: S3,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    code: str = ECHO,
    image: str = "",
    stop: Event | None = None,
    **members: Any,
) -> JobResult:
    """Run the job for a model with this inference.py."""
    model = build_model(folder, {"weights": "w", "code/inference.py": code})
    s3.bodies["s3://artifacts/model.tar.gz"] = model.archive.read_bytes()
    monkeypatch.setattr(aws, "client", lambda *_: SageMaker(image or find_image("sklearn 1.2-1")))
    return run_transform(
        {**REQUEST, **members}, s3=s3, folder=folder / "job", stop=stop or Event(), on_line=lambda _: None
    )


def test_each_row_is_a_request(s3: S3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = answer(s3, tmp_path, monkeypatch)
    assert (result.status, result.failure_reason) == ("Completed", None)
    assert s3.bodies[f"s3://artifacts/{build_answers_prefix(JOB)}/고객.csv.out"] == b"w1\nw2\nw3\n"
    times = json.loads(s3.bodies[f"s3://artifacts/{build_latency_key(JOB)}"])
    assert 0 < times["p50"] <= times["p90"]
    assert "모델을 읽음" in (tmp_path / "job" / "log.txt").read_text("utf-8")


def test_each_file_below_a_prefix_has_its_answers(s3: S3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prefix = "s3://artifacts/churn/runs/r1/preprocess/job-0/rows/"
    s3.bodies |= {f"{prefix}a.csv": b"1\n2\n", f"{prefix}한국/b c.csv": b"3\n"}
    source = {"DataSource": {"S3DataSource": {"S3Uri": prefix}}, "ContentType": "text/csv", "SplitType": "Line"}
    output = {"S3OutputPath": "s3://artifacts/churn/runs/r1/predict/job-1/predictions/", "Accept": "text/csv"}
    result = answer(
        s3, tmp_path, monkeypatch, TransformInput=source, TransformOutput=output, BatchStrategy="MultiRecord"
    )
    assert (result.status, result.failure_reason) == ("Completed", None)
    answers = {key.partition("predictions/")[2]: body for key, body in s3.bodies.items() if key.endswith(".out")}
    assert answers == {"a.csv.out": b"w1\nw2\n", "한국/b c.csv.out": b"w3\n"}
    assert "answered 3 rows of 2 files in 2 requests" in (tmp_path / "job" / "log.txt").read_text("utf-8")


def test_without_split_a_file_is_one_request(s3: S3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = answer(
        s3,
        tmp_path,
        monkeypatch,
        TransformInput={**REQUEST["TransformInput"], "SplitType": "None"},  # type: ignore[dict-item]
    )
    assert result.status == "Completed"
    assert "answered 1 rows of 1 file in 1 requests" in (tmp_path / "job" / "log.txt").read_text("utf-8")


def test_what_is_not_imitated_fails_by_name(s3: S3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = answer(s3, tmp_path, monkeypatch, DataProcessing={"JoinSource": "Input"})
    assert result.failure_reason == (
        "NotOnThisComputer: this computer does not imitate DataProcessing of a transform job. It works on AWS only"
    )


def test_the_row_is_named_that_the_model_does_not_answer(
    s3: S3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = answer(s3, tmp_path, monkeypatch, code=REFUSING)
    assert (result.status, result.failure_reason) == (
        "Failed",
        "AlgorithmError: samples/고객.csv, line 2: inference.py, line 9: ValueError: no such row (500)",
    )
    assert not any(key.endswith(".out") for key in s3.bodies)


def test_a_dependency_that_is_missing_is_named(s3: S3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = answer(s3, tmp_path, monkeypatch, code=f"import no_such_package\n{ECHO}")
    assert result.failure_reason == (
        "AlgorithmError: inference.py, line 1: No module named 'no_such_package'. The model has no "
        "code/requirements.txt"
    )


def test_an_image_of_one_s_own_is_not_imitated(s3: S3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    image = "123456789012.dkr.ecr.us-east-1.amazonaws.com/serve:1"
    result = answer(s3, tmp_path, monkeypatch, image=image)
    assert result.status == "Failed"
    assert str(result.failure_reason).startswith(f"NotOnThisComputer: the image {image} is not one of AWS's")


def test_a_model_that_was_deleted_cannot_be_found(s3: S3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = answer(s3, tmp_path, monkeypatch, ModelName="gone")
    assert result.failure_reason == "ClientError: Could not find model 'gone'"


def test_a_job_that_is_stopped_waits_for_no_answer(s3: S3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stop = Event()
    stop.set()
    endless = ECHO.replace("    return [model", "    import threading; threading.Event().wait()\n    return [model")
    result = answer(s3, tmp_path, monkeypatch, code=endless, stop=stop)
    assert (result.status, result.failure_reason) == ("Stopped", None)
