"""Documents of a run in S3."""

from __future__ import annotations

import io
from typing import Any

import msgspec
import pytest
from botocore.exceptions import ClientError

from pushtrain.config import Condition
from pushtrain.decide import MAX_BYTES
from pushtrain.platform import Platform
from pushtrain.runs.evaluation import (
    parse_evaluation,
    read_metrics,
    read_object,
    read_run_record,
    read_verdict,
)
from tests.sample_record import RECORD
from tests.sample_verdict import build_verdict

URI = "s3://artifacts/churn/evaluation.json"


class S3:
    """Answers GetObject with one body, or with one error code."""

    def __init__(self, body: bytes = b"", *, size: int | None = None, code: str = "") -> None:
        self.body, self.size, self.code = body, size, code
        self.requests: list[dict[str, Any]] = []

    def get_object(self, **request: Any) -> dict[str, Any]:
        self.requests.append(request)
        if self.code:
            raise ClientError({"Error": {"Code": self.code, "Message": ""}}, "GetObject")
        return {"Body": io.BytesIO(self.body), "ContentLength": len(self.body) if self.size is None else self.size}


def test_an_object_is_read_in_the_version_that_was_asked_for() -> None:
    s3 = S3(b"rows")
    assert read_object(Platform.local(), URI, version="v1", s3=s3) == b"rows"
    assert s3.requests == [{"Bucket": "artifacts", "Key": "churn/evaluation.json", "VersionId": "v1"}]


@pytest.mark.parametrize("code", ["NoSuchKey", "AccessDenied"])
def test_an_object_that_is_gone_or_forbidden_is_empty(code: str) -> None:
    assert read_object(Platform.local(), URI, s3=S3(code=code)) == b""


def test_another_error_is_not_hidden() -> None:
    with pytest.raises(ClientError):
        read_object(Platform.local(), URI, s3=S3(code="SlowDown"))


def test_an_object_that_is_too_large_is_empty() -> None:
    assert read_object(Platform.local(), URI, s3=S3(b"rows", size=MAX_BYTES + 1)) == b""


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000])
def test_an_evaluation_that_is_not_json_is_empty(body: bytes) -> None:
    assert parse_evaluation(body) == {}


def test_an_evaluation_is_parsed() -> None:
    assert parse_evaluation(b'{"auc": 0.9}') == {"auc": 0.9}


def test_metrics_are_those_of_the_verdict_whatever_evaluation_json_says_now() -> None:
    verdict = build_verdict({"auc": 0.9}, Condition(metric="auc", at_least=0.5))
    s3 = S3(verdict.to_json().encode())
    assert read_verdict(Platform.local(), "churn", "r1", s3) == verdict
    assert s3.requests == [{"Bucket": "pushtrain-artifacts", "Key": "churn/runs/r1/verdict.json"}]
    assert read_metrics(Platform.local(), verdict, URI, S3(b'{"auc": 1}')) == {"auc": 0.9}


def test_without_a_verdict_metrics_are_those_of_evaluation_json() -> None:
    assert read_metrics(Platform.local(), None, URI, S3(b'{"auc": 1}')) == {"auc": 1}
    assert read_metrics(Platform.local(), None, "") == {}


@pytest.mark.parametrize("document", [b"", b'{"schema": 99}'])
def test_a_verdict_that_is_gone_or_unreadable_is_none(document: bytes) -> None:
    assert read_verdict(Platform.local(), "churn", "r1", S3(document)) is None


def test_a_run_record_is_read_from_the_artifact_bucket() -> None:
    s3 = S3(RECORD.to_json().encode())
    assert read_run_record(Platform.local(), "churn", RECORD.run, s3) == RECORD
    assert s3.requests == [{"Bucket": "pushtrain-artifacts", "Key": f"churn/runs/{RECORD.run}/input.json"}]


@pytest.mark.parametrize("document", [b"", b"[]", b'{"schema": 0}'])
def test_a_record_that_cannot_be_read_is_not_known(document: bytes) -> None:
    assert read_run_record(Platform.local(), "churn", RECORD.run, S3(document)) is None


def test_a_document_that_a_job_could_write_is_no_record() -> None:
    """A job writes below `runs/<run>/<step>/<job>/`, and anything may be the run in the metadata of a version."""
    forged = msgspec.structs.replace(RECORD, run=f"{RECORD.run}/train/job-1")
    assert read_run_record(Platform.local(), "churn", forged.run, S3(forged.to_json().encode())) is None
    assert read_run_record(Platform.local(), "churn", "other", S3(RECORD.to_json().encode())) is None
