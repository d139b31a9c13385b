"""The JSON documents of the serving bucket: read, and written only if nobody else wrote meanwhile.

`<model>/approved.json` is what serving reads; `<model>/<version>/approved.json` tells of one version, for good.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pushtrain import aws
from pushtrain.errors import RegistryError
from pushtrain.platform import Platform

# S3, conditional writes: another writer was faster, is writing at this moment, or deleted the object.
CONFLICT_CODES = {"PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey"}


@dataclass(frozen=True, kw_only=True)
class StoredDocument:
    """A document and its ETag; empty, both of them, where there is none."""

    document: Mapping[str, Any] = field(default_factory=dict)
    etag: str = ""

    @property
    def version(self) -> int | None:
        """The model version the document names; None for none."""
        return self.document.get("version")


def current_key(model: str) -> str:
    """Key of the document that names the version in serving."""
    return f"{model}/approved.json"


def version_key(model: str, version: int, name: str = "approved.json") -> str:
    """Key of a file of one version."""
    return f"{model}/{version}/{name}"


def serving_bucket(platform: Platform) -> str:
    """Raises RegistryError where the platform has none."""
    if not platform.serving_bucket:
        raise RegistryError("this platform has no serving bucket: deploy it anew with this version of pushtrain")
    return platform.serving_bucket


def read_document(platform: Platform, key: str) -> StoredDocument:
    """The document under a key. Without s3:ListBucket S3 refuses to say that there is none, and that is raised."""
    s3 = aws.client("s3", platform.region)
    try:
        found = s3.get_object(Bucket=serving_bucket(platform), Key=key)
    except s3.exceptions.NoSuchKey:
        return StoredDocument()
    return StoredDocument(document=json.loads(found["Body"].read()), etag=found["ETag"])


def approved_uri(platform: Platform, model: str) -> str:
    """Address of the document that names the version in serving."""
    return f"s3://{platform.serving_bucket}/{current_key(model)}"


def read_serving_arns(platform: Platform, model: str) -> tuple[str, str]:
    """ARNs of the version that serves and of the one that served before it; empty where there is none."""
    if not platform.serving_bucket:
        return "", ""
    document = read_document(platform, current_key(model)).document
    current = document["model_package"] if document.get("version") else ""
    before = document.get("previous")
    if not before:
        return current, ""
    return current, read_document(platform, version_key(model, before)).document.get("model_package", "")


def write_document(
    platform: Platform, key: str, document: Mapping[str, Any], *, instead_of: StoredDocument
) -> str | None:
    """ETag of what was written; None, and nothing written, if the key no longer holds `instead_of`."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    condition = {"IfMatch": instead_of.etag} if instead_of.etag else {"IfNoneMatch": "*"}
    body = json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False).encode()
    try:
        put = aws.client("s3", platform.region).put_object(
            Bucket=serving_bucket(platform), Key=key, Body=body, ContentType="application/json", **condition
        )
    except ClientError as error:
        if error.response["Error"]["Code"] in CONFLICT_CODES:
            return None
        raise
    etag: str = put["ETag"]
    return etag
