"""Read documents of a run in S3: its record, its verdict, and evaluation.json. Missing documents are empty."""

from __future__ import annotations

import json
from typing import Any

from pushtrain import aws
from pushtrain.decide import MAX_BYTES, Verdict, flatten_metrics
from pushtrain.errors import VerdictChanged
from pushtrain.hashes import hash_bytes
from pushtrain.layout import build_input_key, build_uri, build_verdict_key, split_uri
from pushtrain.platform import Platform
from pushtrain.record import RunRecord

# S3's error codes for objects that are gone or that we may not read. The run or version is shown without them.
UNREADABLE_CODES = frozenset({"NoSuchKey", "NoSuchVersion", "NoSuchBucket", "AccessDenied"})


def read_object(platform: Platform, uri: str, *, version: str = "", s3: Any = None) -> bytes:
    """Return the object at an S3 address, or its given `version`; empty bytes if it is gone or too large.

    Pass an S3 client as `s3` to read many objects: creating a client takes longer than one read.
    """
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    bucket, key = split_uri(uri)
    if not key:
        return b""
    object_version = {"VersionId": version} if version else {}
    try:
        response = (s3 or aws.client("s3", platform.region)).get_object(Bucket=bucket, Key=key, **object_version)
        body: bytes = response["Body"].read() if response["ContentLength"] <= MAX_BYTES else b""
    except ClientError as error:
        if error.response["Error"]["Code"] in UNREADABLE_CODES:
            return b""
        raise
    return body


def parse_evaluation(body: bytes) -> Any:
    """Return a document of an evaluation script as plain values; an empty mapping if it is not JSON."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):  # a script may write anything; the gate has reported it already
        return {}


def read_run_record(platform: Platform, model: str, run: str, s3: Any = None) -> RunRecord | None:
    """Return the record of a run; None if it is gone, or if this version of pushtrain cannot read it.

    `run` may be any text: a document that is the record of another run, or that a job could have written, is none.
    """
    document = read_object(platform, build_uri(platform.artifact_bucket, build_input_key(model, run)), s3=s3)
    try:
        record = RunRecord.from_json(document)
    except ValueError:
        return None
    return record if (record.model, record.run) == (model, run) and "/" not in run else None


def read_verdict(platform: Platform, model: str, run: str, s3: Any = None, *, sha256: str = "") -> Verdict | None:
    """Return the verdict on a run; None if it has none, or if this version of pushtrain cannot read it.

    Raises VerdictChanged if the document does not have the hash `sha256`.
    """
    uri = build_uri(platform.artifact_bucket, build_verdict_key(model, run))
    document = read_object(platform, uri, s3=s3)
    if document and sha256 and (actual := hash_bytes(document)) != sha256:
        raise VerdictChanged(
            f"{uri} is not the verdict with which it was registered: its SHA-256 is {actual}, not {sha256}"
        )
    try:
        return Verdict.from_json(document) if document else None
    except ValueError:
        return None


def read_metrics(platform: Platform, verdict: Verdict | None, uri: str, s3: Any = None) -> dict[str, float]:
    """Return the metrics of the verdict. A run without a gate has none: then those of evaluation.json at `uri`.

    A job can still change evaluation.json after the verdict.
    """
    if verdict:
        return dict(verdict.metrics)
    return flatten_metrics(parse_evaluation(read_object(platform, uri, s3=s3))) if uri else {}
