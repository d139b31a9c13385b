"""A store with a model that can be served, and a Python environment for it that needs no installation."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from pushtrain.aws import client
from pushtrain.local.aws import up
from tests.embedded.local.inference.stored import CODE, ECHO, build_model
from tests.embedded.registered import PLATFORM, build_execution_arn, write_verdict


def fill_with_model(folder: Path, temporary: Path) -> Path:
    """Register a version of churn that puts `w-` before each row, and then one with an image of one's own."""
    temporary.mkdir()
    model = build_model(temporary, {"code/inference.py": ECHO, "weights": "w-"})
    with up(folder, PLATFORM, handlers={}):
        sagemaker, s3 = client("sagemaker"), client("s3")
        sagemaker.create_model_package_group(ModelPackageGroupName="pushtrain-churn")
        for run, image in (("one", model.image), ("two", "own:1")):
            s3.put_object(Bucket=PLATFORM.artifact_bucket, Key=run, Body=model.archive.read_bytes())
            write_verdict("churn", run, run)
            uri = f"s3://{PLATFORM.artifact_bucket}/{run}"
            sagemaker.create_model_package(
                ModelPackageGroupName="pushtrain-churn",
                InferenceSpecification={"Containers": [{"Image": image, "ModelDataUrl": uri, "Environment": CODE}]},
                ModelApprovalStatus="PendingManualApproval",
                MetadataProperties={"GeneratedBy": build_execution_arn("churn", run)},
            )
    return folder


def install_nothing(monkeypatch: pytest.MonkeyPatch, cache: Path) -> None:
    """Serve with the Python of the tests, and with this cache folder."""
    monkeypatch.setenv("PUSHTRAIN_CACHE", str(cache))
    python = Path(sys.executable)
    monkeypatch.setattr("pushtrain.local.container.environments.prepare_python", lambda *_, **__: python)
    monkeypatch.setattr("pushtrain.local.container.environments.find_folder", lambda _: None)
