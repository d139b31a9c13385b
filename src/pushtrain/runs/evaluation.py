"""evaluation.json, read from S3."""

from __future__ import annotations

import json
from typing import Any

from pushtrain import aws
from pushtrain.platform import Platform

# Codes of S3 for what is not there any more, or not for us to read: the run or version is shown without metrics.
GONE = frozenset({"NoSuchKey", "NoSuchBucket", "AccessDenied"})


def read_evaluation(platform: Platform, uri: str, s3: Any = None) -> Any:
    """What evaluation.json at an S3 address holds; an empty mapping when it is gone or no JSON.

    Who reads many brings a client of S3: making one takes longer than a read.
    """
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    bucket, _, key = uri.removeprefix("s3://").partition("/")
    try:
        body = (s3 or aws.client("s3", platform.region)).get_object(Bucket=bucket, Key=key)["Body"].read()
        return json.loads(body)
    except ClientError as error:
        if error.response["Error"]["Code"] in GONE:
            return {}
        raise
    except (ValueError, RecursionError):  # a script may write anything; the gate has judged it or there was none
        return {}
