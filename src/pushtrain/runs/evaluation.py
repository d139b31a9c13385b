"""Documents that a run left in S3, evaluation.json above all: read whole, or empty when they are gone."""

from __future__ import annotations

import json
from typing import Any

from pushtrain import aws
from pushtrain.platform import Platform

# Bytes of a document that is read at all: a script may write anything, and a function has no room for more. As Python's
# objects they take twenty times as many at worst.
MAX_BYTES = 16 << 20
# Codes of S3 for what is not there any more, or not for us to read: the run or version is shown without it.
UNREADABLE_CODES = frozenset({"NoSuchKey", "NoSuchVersion", "NoSuchBucket", "AccessDenied"})


def read_object(platform: Platform, uri: str, *, version: str = "", s3: Any = None) -> bytes:
    """What lies at an S3 address, that very version where one is named; empty when it is gone, or too large.

    Who reads many brings a client of S3: making one takes longer than a read.
    """
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    bucket, _, key = uri.removeprefix("s3://").partition("/")
    if not key:
        return b""
    exactly = {"VersionId": version} if version else {}
    try:
        found = (s3 or aws.client("s3", platform.region)).get_object(Bucket=bucket, Key=key, **exactly)
        body: bytes = found["Body"].read() if found["ContentLength"] <= MAX_BYTES else b""
    except ClientError as error:
        if error.response["Error"]["Code"] in UNREADABLE_CODES:
            return b""
        raise
    return body


def read_evaluation(platform: Platform, uri: str, s3: Any = None) -> Any:
    """What evaluation.json at an S3 address holds; an empty mapping when it is gone, no JSON, or too large."""
    try:
        return json.loads(read_object(platform, uri, s3=s3))
    except (ValueError, RecursionError):  # a script may write anything; the gate has judged it or there was none
        return {}
