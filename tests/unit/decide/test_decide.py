"""`decide` reads evaluation.json, and writes the verdict once."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from pushtrain import aws
from pushtrain.config import Condition
from pushtrain.decide import MAX_BYTES, DecideRequest, decide, read_verdict
from pushtrain.errors import EvaluationMissing, EvaluationTooLarge, EvaluationUnreadable
from pushtrain.platform import Platform

PLATFORM = Platform.local()
EVALUATION = "churn/runs/r1/evaluate/job-1/evaluation/evaluation.json"
VERDICT = "churn/runs/r1/verdict.json"
REQUEST = DecideRequest(
    model="churn",
    run="r1",
    step="evaluate",
    path="/opt/ml/processing/evaluation/evaluation.json",
    evaluation_key=EVALUATION,
    conditions=(Condition(metric="metrics[0].value", at_least=0.9),),
)


class S3:
    """A bucket. `errors` are the error codes of PutObject and GetObject, by key."""

    def __init__(self, **errors: str) -> None:
        self.bodies: dict[str, bytes] = {}
        self.errors = errors

    def get_object(self, Bucket: str, Key: str) -> Mapping[str, Any]:  # noqa: N803 - names of the API
        code = self.errors.get("get", "") if Key == EVALUATION else ""
        if code or Key not in self.bodies:
            raise ClientError({"Error": {"Code": code or "NoSuchKey", "Message": "Access Denied"}}, "GetObject")
        body = self.bodies[Key]
        return {"Body": io.BytesIO(body), "ContentLength": len(body), "VersionId": "v1"}

    def put_object(self, Bucket: str, Key: str, Body: bytes, IfNoneMatch: str) -> None:  # noqa: N803
        assert IfNoneMatch == "*"
        if code := self.errors.get("put", ""):
            raise ClientError({"Error": {"Code": code, "Message": ""}}, "PutObject")
        self.bodies[Key] = Body


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> S3:
    bucket = S3()
    monkeypatch.setattr(aws, "client", lambda *_: bucket)
    return bucket


def test_the_verdict_is_written_with_all_metrics(s3: S3) -> None:
    s3.bodies[EVALUATION] = json.dumps({"metrics": [{"value": 0.95}, {"value": 0.1}], "rows": 20}).encode()
    verdict = decide(REQUEST, PLATFORM)
    assert verdict.passed
    assert verdict.metrics == {"rows": 20, "metrics[0].value": 0.95}
    assert (verdict.evaluation, verdict.evaluation_version) == (f"s3://pushtrain-artifacts/{EVALUATION}", "v1")
    assert read_verdict(PLATFORM, "churn", "r1") == verdict


def test_a_repeated_invocation_gives_the_first_verdict(s3: S3) -> None:
    s3.bodies[EVALUATION] = b'{"metrics": [{"value": 0.5}]}'
    verdict = decide(REQUEST, PLATFORM)
    document = s3.bodies[VERDICT]
    s3.bodies[EVALUATION] = b'{"metrics": [{"value": 1}]}'
    assert decide(REQUEST, PLATFORM) == verdict
    assert s3.bodies[VERDICT] == document


def test_of_two_invocations_at_the_same_time_the_first_to_write_wins(s3: S3, monkeypatch: pytest.MonkeyPatch) -> None:
    s3.bodies[EVALUATION] = b'{"metrics": [{"value": 0.5}]}'
    verdict = decide(REQUEST, PLATFORM)

    def put_object(**_: object) -> None:
        s3.bodies[VERDICT] = document
        raise ClientError({"Error": {"Code": "PreconditionFailed", "Message": ""}}, "PutObject")

    document = s3.bodies.pop(VERDICT)
    s3.bodies[EVALUATION] = b'{"metrics": [{"value": 1}]}'
    monkeypatch.setattr(s3, "put_object", put_object)
    assert decide(REQUEST, PLATFORM) == verdict


def test_a_verdict_that_cannot_be_written_is_an_error(s3: S3) -> None:
    s3.bodies[EVALUATION] = b'{"metrics": [{"value": 0.5}]}'
    s3.errors["put"] = "AccessDenied"
    with pytest.raises(ClientError):
        decide(REQUEST, PLATFORM)


def test_a_run_without_a_verdict_has_none(s3: S3) -> None:
    assert read_verdict(PLATFORM, "churn", "r1") is None


def test_a_missing_evaluation_says_which_file_to_write(s3: S3) -> None:
    with pytest.raises(EvaluationMissing) as raised:
        decide(REQUEST, PLATFORM)
    assert str(raised.value) == (
        "the evaluate job wrote no evaluation.json: write it to /opt/ml/processing/evaluation/evaluation.json"
    )


def test_an_evaluation_that_s3_withholds_is_told_with_its_words(s3: S3) -> None:
    s3.errors["get"] = "AccessDenied"
    with pytest.raises(EvaluationUnreadable) as raised:
        decide(REQUEST, PLATFORM)
    assert str(raised.value) == "evaluation.json could not be read: Access Denied"


def test_an_evaluation_that_is_too_large_says_what_to_move(s3: S3) -> None:
    s3.bodies[EVALUATION] = b" " * (MAX_BYTES + 900_000)
    with pytest.raises(EvaluationTooLarge) as raised:
        decide(REQUEST, PLATFORM)
    assert str(raised.value) == (
        "evaluation.json has 16.9 MB; the gate reads at most 16 MB. Move its arrays to plots.json"
    )
