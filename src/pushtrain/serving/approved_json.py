"""Read and write the JSON documents of the serving bucket.

`<model>/approved.json` names the version in serving; `<model>/<version>/approved.json` describes one version and never
changes. A write succeeds only if nobody else has written the document since it was read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from pushtrain import aws
from pushtrain.errors import RegistryError
from pushtrain.layout import build_approved_key, build_approved_version_key, build_uri
from pushtrain.platform import Platform

# S3's error codes of a conditional write: another writer was faster, or has deleted the object.
CONFLICT_CODES = aws.CONFLICT_CODES | {"NoSuchKey"}


class StoredDocument(Struct, frozen=True, kw_only=True):
    """A document and its ETag; both are empty if the object does not exist."""

    document: Mapping[str, Any] = field(default_factory=dict)
    etag: str = ""

    @property
    def version(self) -> int | None:
        """Number of the model version that the document names; None if it names none."""
        return self.document.get("version")


def serving_bucket(platform: Platform) -> str:
    """Return the platform's serving bucket. Raises RegistryError if it has none."""
    if not platform.serving_bucket:
        raise RegistryError("this platform has no serving bucket. Deploy it again with this version of pushtrain")
    return platform.serving_bucket


def read_document(platform: Platform, key: str) -> StoredDocument:
    """Return the document under a key, an empty one if the key does not exist.

    Without s3:ListBucket S3 denies access instead of saying so; that ClientError is raised.
    """
    s3 = aws.client("s3", platform.region)
    try:
        response = s3.get_object(Bucket=serving_bucket(platform), Key=key)
    except s3.exceptions.NoSuchKey:
        return StoredDocument()
    return StoredDocument(document=json.loads(response["Body"].read()), etag=response["ETag"])


def build_approved_uri(platform: Platform, model: str) -> str:
    """Return the S3 address of the document that names the version in serving."""
    return build_uri(platform.serving_bucket, build_approved_key(model))


def read_serving_arn(platform: Platform, model: str) -> str:
    """Return the ARN of the version in serving; empty if there is none."""
    document = read_document(platform, build_approved_key(model)).document if platform.serving_bucket else {}
    return _get_serving_arn(document)


def read_serving_arns(platform: Platform, model: str) -> tuple[str, str]:
    """Return the ARNs of the version in serving and of the one before it; empty if there is none."""
    if not platform.serving_bucket:
        return "", ""
    document = read_document(platform, build_approved_key(model)).document
    current = _get_serving_arn(document)
    previous = document.get("previous")
    if not previous:
        return current, ""
    return current, read_document(platform, build_approved_version_key(model, previous)).document.get(
        "model_package", ""
    )


def _get_serving_arn(document: Mapping[str, Any]) -> str:
    return str(document["model_package"]) if document.get("version") else ""


def write_document(
    platform: Platform, key: str, document: Mapping[str, Any], *, expected: StoredDocument
) -> str | None:
    """Write a document if the key still holds `expected`, and return the new ETag.

    Returns None, and writes nothing, if another writer was faster.
    """
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    condition = {"IfMatch": expected.etag} if expected.etag else {"IfNoneMatch": "*"}
    body = json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False).encode()
    try:
        response = aws.client("s3", platform.region).put_object(
            Bucket=serving_bucket(platform), Key=key, Body=body, ContentType="application/json", **condition
        )
    except ClientError as error:
        if error.response["Error"]["Code"] in CONFLICT_CODES:
            return None
        raise
    etag: str = response["ETag"]
    return etag
