"""An approved version -> its copy in the serving bucket, made once and never changed.

`<model>/<version>/model.tar.gz`, then `<model>/<version>/approved.json`, which tells where it came from and its hash.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from pushtrain import aws
from pushtrain.errors import RegistryError
from pushtrain.platform import Platform
from pushtrain.registry import ModelVersion, parse_identity, refuse_own_approval
from pushtrain.serving.approved_json import StoredDocument, read_document, serving_bucket, version_key, write_document

MODEL_FILE = "model.tar.gz"
CHUNK = 1 << 20
PART = 256 << 20  # bytes; S3 copies parts of a large model side by side


@dataclass(frozen=True, kw_only=True)
class Approval:
    """Who approved and when (ISO 8601 in UTC); an empty `by` where it is not known."""

    approved_at: str
    approver: str = ""


@dataclass(frozen=True, kw_only=True)
class S3Object:
    """One version of one object; `version_id` is empty in a bucket without versions."""

    bucket: str
    key: str
    version_id: str = ""

    @property
    def facts(self) -> dict[str, str]:
        """As it is written in approved.json."""
        return {"uri": f"s3://{self.bucket}/{self.key}", "version_id": self.version_id}


def copy_to_serving(platform: Platform, version: ModelVersion, approval: Approval) -> Mapping[str, Any]:
    """What `<model>/<version>/approved.json` says, after the model was copied if it had not been.

    Two at once may both copy; the first to write the document decides, and it names the copy it has hashed.
    Raises RegistryError when the artifact is gone, or was written after the version was registered, and when the
    platform wants four eyes and whoever approved it, with our command or any other, is who made it.
    """
    key = version_key(version.model, version.version)
    known = read_document(platform, key)
    if not known.document:
        _refuse_own(platform, version, approval)
        document = _described(platform, version, approval)
        if write_document(platform, key, document, instead_of=StoredDocument()):
            return document
        known = read_document(platform, key)
    return known.document


def _refuse_own(platform: Platform, version: ModelVersion, approval: Approval) -> None:
    if not platform.four_eyes:
        return
    if not approval.approver:
        raise RegistryError(
            f"{version.model} version {version.version}: nobody knows any more who approved it, and this platform "
            "wants four eyes. Reject it and approve it again"
        )
    refuse_own_approval(platform, version, parse_identity(version.decided_principal, approval.approver))


def _described(platform: Platform, version: ModelVersion, approval: Approval) -> dict[str, Any]:
    source = _artifact(platform, version)
    copied, size, sha256 = _copy(platform, source, version)
    return {
        "model": version.model,
        "version": version.version,
        "model_package": version.arn,
        "artifact": source.facts,
        "file": copied.facts,
        "size": size,
        "sha256": sha256,
        "image": version.image,
        "metrics": dict(version.metrics),
        "revision": version.revision,
        "run": version.run,
        "commit": version.commit,
        "approver": approval.approver,
        "note": version.note,
        "approved_at": approval.approved_at,
    }


def _artifact(platform: Platform, version: ModelVersion) -> S3Object:
    """The artifact as it was when the version was registered: the approver judged that, not what came later."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    name = f"{version.model} version {version.version}"
    bucket, _, key = version.artifact.removeprefix("s3://").partition("/")
    if not key:
        raise RegistryError(f"{name} cannot go to serving: the registry names no model.tar.gz for it")
    try:
        head = aws.client("s3", platform.region).head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        gone = error.response["Error"]["Code"] == "404"
        why = "is gone. Train again" if gone else f"cannot be read: {error}. Mend that, and decide again"
        raise RegistryError(f"{name} cannot go to serving: {version.artifact} {why}") from error
    written = head["LastModified"].astimezone(UTC).isoformat(timespec="seconds")
    if written > version.created:
        raise RegistryError(
            f"{name} cannot go to serving: {version.artifact} was written at {written}, after the version was "
            f"registered at {version.created}, so it is not the model that was evaluated. Train again"
        )
    return S3Object(bucket=bucket, key=key, version_id=head.get("VersionId", ""))


def _copy(platform: Platform, source: S3Object, version: ModelVersion) -> tuple[S3Object, int, str]:
    """The copy, its size in bytes and its SHA-256, read back from the copy itself."""
    from boto3.s3.transfer import TransferConfig  # noqa: PLC0415 - boto3 is slow to import

    s3, bucket = aws.client("s3", platform.region), serving_bucket(platform)
    key = version_key(version.model, version.version, MODEL_FILE)
    exactly = {"VersionId": source.version_id} if source.version_id else {}
    s3.copy(
        {"Bucket": source.bucket, "Key": source.key, **exactly},
        bucket,
        key,
        ExtraArgs={"TaggingDirective": "REPLACE"},  # tags of the artifact would need permissions of their own
        Config=TransferConfig(multipart_threshold=PART, multipart_chunksize=PART),
    )
    found = s3.get_object(Bucket=bucket, Key=key)
    digest = hashlib.sha256()
    for chunk in found["Body"].iter_chunks(CHUNK):
        digest.update(chunk)
    copied = S3Object(bucket=bucket, key=key, version_id=found.get("VersionId", ""))
    return copied, found["ContentLength"], digest.hexdigest()
