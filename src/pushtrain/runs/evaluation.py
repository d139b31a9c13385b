"""evaluation.json, read from S3."""

from __future__ import annotations

import json
from typing import Any

from pushtrain import aws
from pushtrain.platform import Platform

LIMIT = 64 << 20  # bytes of a document that is read at all: a script may write anything, a function has no more room
# Codes of S3 for what is not there any more, or not for us to read: the run or version is shown without metrics.
GONE = frozenset({"NoSuchKey", "NoSuchBucket", "AccessDenied"})


def read_evaluation(platform: Platform, uri: str, s3: Any = None) -> Any:
    """What evaluation.json at an S3 address holds; an empty mapping when it is gone, no JSON, or too large.

    Who reads many brings a client of S3: making one takes longer than a read.
    """
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    bucket, _, key = uri.removeprefix("s3://").partition("/")
    try:
        found = (s3 or aws.client("s3", platform.region)).get_object(Bucket=bucket, Key=key)
        return json.loads(found["Body"].read()) if found["ContentLength"] <= LIMIT else {}
    except ClientError as error:
        if error.response["Error"]["Code"] in GONE:
            return {}
        raise
    except (ValueError, RecursionError):  # a script may write anything; the gate has judged it or there was none
        return {}
