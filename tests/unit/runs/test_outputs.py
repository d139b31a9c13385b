"""Where a job writes, from its request or its description."""

from __future__ import annotations

from typing import Any

import pytest

from pushtrain.catalog.job_kinds import PROCESSING, TRAINING, TRANSFORM
from pushtrain.runs.outputs import find_job_folder, list_output_uris


def build_processing_job(*uris: str) -> dict[str, Any]:
    outputs = [{"OutputName": f"o{index}", "S3Output": {"S3Uri": uri}} for index, uri in enumerate(uris)]
    return {"ProcessingJobName": "job", "ProcessingOutputConfig": {"Outputs": outputs}}


@pytest.mark.parametrize(
    ("uri", "folder"),
    [
        ("s3://b/m/runs/r/clean/job/rows", "s3://b/m/runs/r/clean/job"),
        ("s3://b/m/runs/r/clean/job", "s3://b/m/runs/r/clean/job"),
        ("s3://b/m/runs/r/clean/job-2/rows", ""),
        ("s3://lake/rows/", ""),
    ],
)
def test_the_folder_of_a_processing_job_has_its_name(uri: str, folder: str) -> None:
    assert find_job_folder(PROCESSING, build_processing_job(uri, "s3://b/elsewhere/")) == folder


def test_a_job_without_outputs_has_no_folder() -> None:
    assert find_job_folder(PROCESSING, build_processing_job()) == ""
    assert find_job_folder(PROCESSING, {}) == ""
    assert list_output_uris(PROCESSING, {}) == {}


def test_sagemaker_appends_the_name_of_a_training_job() -> None:
    request = {"TrainingJobName": "job", "OutputDataConfig": {"S3OutputPath": "s3://b/m/runs/r/train"}}
    assert find_job_folder(TRAINING, request) == "s3://b/m/runs/r/train/job"
    assert list_output_uris(TRAINING, request) == {}
    model = "s3://b/m/runs/r/train/job/output/model.tar.gz"
    described = request | {"ModelArtifacts": {"S3ModelArtifacts": model}}
    assert list_output_uris(TRAINING, described) == {"model": model}


def test_the_folder_of_a_transform_job_has_its_answers() -> None:
    request = {"TransformJobName": "job", "TransformOutput": {"S3OutputPath": "s3://b/m/runs/r/predict/job/answers/"}}
    assert find_job_folder(TRANSFORM, request) == "s3://b/m/runs/r/predict/job"
    assert list_output_uris(TRANSFORM, request) == {"answers": "s3://b/m/runs/r/predict/job/answers/"}
