"""Stands in for the artifact bucket of `decide`, and for SageMaker."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from pushtrain.config import Condition
from pushtrain.decide import DecideRequest, StepFile
from pushtrain.hashes import hash_bytes

MODEL = "churn/runs/r1/train/job-0/output/model.tar.gz"
RAW_FIELDS = {"train": {"EnableNetworkIsolation": False}}
INFERENCE = {"image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/serve:1", "environment": {}}
EVALUATION = "churn/runs/r1/evaluate/job-1/evaluation/evaluation.json"
PLOTS = "churn/runs/r1/evaluate/job-1/evaluation/plots.json"
PREDICTIONS = "churn/runs/r1/evaluate/job-1/evaluation/request_predictions.csv"
FEATURES = "churn/runs/r1/evaluate/job-1/evaluation/request_features.csv"
VERDICT = "churn/runs/r1/verdict.json"


def build_request(*conditions: Condition) -> DecideRequest:
    """Return a request for the run r1 of churn."""
    path = "/opt/ml/processing/evaluation/evaluation.json"
    return DecideRequest(
        model="churn",
        run="r1",
        artifact=StepFile(step="train", path="/opt/ml/model", key=MODEL, job="job-0"),
        evaluation=StepFile(step="evaluate", path=path, key=EVALUATION, job="job-1"),
        conditions=conditions,
        inference=INFERENCE,
        raw_fields=RAW_FIELDS,
    )


class Bucket:
    """A bucket with a model, which may hold evaluation.json. `put_error` and `get_error` are error codes of S3.

    `rewritten` are keys that were written a second time, `deleted` those that were deleted, `planted` those that the
    evaluation job did not write.
    """

    def __init__(self, evaluation: bytes | None = None) -> None:
        self.bodies = {MODEL: b"model"} | ({} if evaluation is None else {EVALUATION: evaluation})
        self.put_error = self.get_error = ""
        self.rewritten: set[str] = set()
        self.deleted: set[str] = set()
        self.planted: set[str] = set()

    def describe_processing_job(self, *, ProcessingJobName: str) -> Mapping[str, Any]:  # noqa: N803
        assert ProcessingJobName == "job-1"
        written = [
            (key, hash_bytes(self.bodies[key]))
            for key in (EVALUATION, PLOTS, PREDICTIONS, FEATURES)
            if key in self.bodies
        ]
        files = [f" {key.rpartition('/')[2]}={digest}" for key, digest in written if key not in self.planted]
        return {"ExitMessage": f"pushtrain-files:{''.join(files)}\n" if files else ""}

    def list_object_versions(self, *, Bucket: str, Prefix: str) -> Mapping[str, Any]:  # noqa: N803 - names of the API
        keys = sorted(key for key in self.bodies if key.startswith(Prefix))
        newest = [{"Key": key, "VersionId": "v1", "ETag": '"0a1b"', "Size": len(self.bodies[key])} for key in keys]
        older = [entry | {"VersionId": "v0"} for entry in newest if entry["Key"] in self.rewritten]
        markers = [{"Key": key, "VersionId": "m1"} for key in keys if key in self.deleted]
        return {"Versions": [*newest, *older], "DeleteMarkers": markers}

    def get_object(self, *, Bucket: str, Key: str, VersionId: str = "") -> Mapping[str, Any]:  # noqa: N803
        code = self.get_error if Key == EVALUATION else ""
        if code or Key not in self.bodies:
            raise ClientError({"Error": {"Code": code or "NoSuchKey", "Message": "Access Denied"}}, "GetObject")
        body = self.bodies[Key]
        return {"Body": io.BytesIO(body), "ContentLength": len(body), "VersionId": "v1"}

    def put_object(self, *, Bucket: str, Key: str, Body: bytes, IfNoneMatch: str) -> None:  # noqa: N803
        assert IfNoneMatch == "*"
        if self.put_error:
            raise ClientError({"Error": {"Code": self.put_error, "Message": ""}}, "PutObject")
        self.bodies[Key] = Body
