"""Keep how equal the model of a reproduction is, so that `runs show` and reports know it. Reads and writes S3.

The document lies where people who push may write anyway. Whoever trains could write anything there, so nothing is
decided by it.
"""

from __future__ import annotations

from pushtrain import aws
from pushtrain.documents import read_with_etag
from pushtrain.layout import build_compared_key
from pushtrain.platform import Platform
from pushtrain.record import ComparedModel
from pushtrain.record.compared_model import MAX_BYTES
from pushtrain.reproduction.ladder import RUNG_TEXTS, Comparison
from pushtrain.runs import Run


def write_outcome(platform: Platform, run: Run, comparison: Comparison, within: float) -> str:
    """Write how equal the model of a run is. Return why S3 refuses; empty if it does not."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    difference = str(comparison.difference) if comparison.difference else ""
    compared = ComparedModel(text=RUNG_TEXTS[comparison.rung], difference=difference, within=within)
    s3, key = aws.client("s3", platform.region), build_compared_key(run.model, run.run)
    try:
        s3.put_object(Bucket=platform.code_bucket, Key=key, Body=compared.to_json().encode())
    except ClientError as error:
        return str(error)
    return ""


def read_outcome(platform: Platform, model: str, run: str) -> ComparedModel | None:
    """Return how equal the model of a run is to the version that it reproduces.

    None if nobody stored that, or if the role of this person may not read it: approvers may not.
    """
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    s3 = aws.client("s3", platform.region)
    try:
        document, _ = read_with_etag(s3, platform.code_bucket, build_compared_key(model, run), limit=MAX_BYTES)
    except ClientError as error:
        if error.response["Error"]["Code"] not in aws.ACCESS_DENIED:
            raise
        return None
    return ComparedModel.from_json(document) if document else None
