"""Stands in for the artifact bucket of `decide`."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from pushtrain.config import Condition
from pushtrain.decide import DecideRequest

EVALUATION = "churn/runs/r1/evaluate/job-1/evaluation/evaluation.json"
VERDICT = "churn/runs/r1/verdict.json"


def build_request(*conditions: Condition) -> DecideRequest:
    """Return a request for the run r1 of churn."""
    return DecideRequest(
        model="churn",
        run="r1",
        step="evaluate",
        path="/opt/ml/processing/evaluation/evaluation.json",
        evaluation_key=EVALUATION,
        conditions=conditions,
    )


class Bucket:
    """A bucket that may hold evaluation.json. `put_error` and `get_error` are error codes of S3."""

    def __init__(self, evaluation: bytes | None = None) -> None:
        self.bodies = {} if evaluation is None else {EVALUATION: evaluation}
        self.put_error = self.get_error = ""

    def get_object(self, *, Bucket: str, Key: str) -> Mapping[str, Any]:  # noqa: N803 - names of the API
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
