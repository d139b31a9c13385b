"""The document verdict.json as a model version names it: address, version and hash. Reads S3."""

from __future__ import annotations

from typing import Any

from pushtrain import aws
from pushtrain.decide.storage_errors import name_temporary_errors
from pushtrain.hashes import hash_bytes
from pushtrain.layout import build_uri, build_verdict_key
from pushtrain.platform import Platform


def pin_verdict(platform: Platform, model: str, run: str) -> dict[str, Any]:
    """Return `uri`, `version` and `sha256` of the verdict that is stored. Only `decide` can write another."""
    bucket, key = platform.artifact_bucket, build_verdict_key(model, run)
    with name_temporary_errors():
        response = aws.client("s3", platform.region).get_object(Bucket=bucket, Key=key)
        sha256 = hash_bytes(response["Body"].read())
    return {"uri": build_uri(bucket, key), "version": response["VersionId"], "sha256": sha256}
