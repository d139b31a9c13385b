"""Copy an approved version into the serving bucket, once. A copy never changes.

Writes `<model>/<version>/model.tar.gz`, then `<model>/<version>/approved.json` with its origin and hash.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from pushtrain import aws
from pushtrain.decide import PinnedObject
from pushtrain.errors import RegistryError, VerdictChanged
from pushtrain.hashes import hash_stream
from pushtrain.layout import (
    build_approved_model_key,
    build_approved_version_key,
    build_uri,
    build_verdict_key,
    read_job_step,
    split_uri,
)
from pushtrain.platform import Platform
from pushtrain.registry import ModelVersion, find_missing_error, is_empty_note, refuse_own_approval
from pushtrain.runs import read_run_record
from pushtrain.serving.approved_json import StoredDocument, read_document, serving_bucket, write_document
from pushtrain.serving.gate_news import list_gate_lines

PART = 256 << 20  # bytes; S3 copies the parts of a large model in parallel


class Approval(Struct, frozen=True, kw_only=True):
    """When a version was approved (ISO 8601 in UTC) and by whom; `approver` is empty if unknown."""

    approved_at: str
    approver: str = ""


class S3Object(Struct, frozen=True, kw_only=True):
    """One version of one object; `version_id` is empty if the bucket has no versioning."""

    bucket: str
    key: str
    version_id: str = ""

    @property
    def facts(self) -> dict[str, str]:
        """The object as approved.json describes it."""
        return {"uri": build_uri(self.bucket, self.key), "version_id": self.version_id}


def copy_to_serving(platform: Platform, version: ModelVersion, approval: Approval) -> Mapping[str, Any]:
    """Copy the model unless it was copied before, and return `<model>/<version>/approved.json`.

    Two handlers may both copy; the first to write the document wins, and it names the copy that it has hashed.
    Raises RegistryError if the artifact is gone, if the registry names something else than what was evaluated, or if
    the platform has `four_eyes` and the approver made the model, whichever tool they approved it with.
    """
    _refuse_own(platform, version, approval)  # also if a copy of an earlier approval exists
    if platform.require_notes and is_empty_note(version.note):
        raise RegistryError(
            f"{version.model} version {version.version} cannot go to serving: it was approved without a reason, and "
            "this platform requires one. Approve it again with a note"
        )
    key = build_approved_version_key(version.model, version.version)
    stored = read_document(platform, key)
    if not stored.document:
        document = _describe_copy(platform, version, approval)
        if write_document(platform, key, document, expected=StoredDocument()):
            return document
        stored = read_document(platform, key)
    return stored.document


def _refuse_own(platform: Platform, version: ModelVersion, approval: Approval) -> None:
    """Raise RegistryError if the platform has `four_eyes`, and the approver made the model or is not known."""
    if not platform.four_eyes:
        return
    if not approval.approver:
        raise RegistryError(
            f"{version.model} version {version.version}: it is no longer known who approved it, and this platform "
            "requires four eyes. Reject it and approve it again"
        )
    refuse_own_approval(platform, version, version.decider)  # `approver` is that of the registry


def _describe_copy(platform: Platform, version: ModelVersion, approval: Approval) -> dict[str, Any]:
    source = _find_artifact(platform, version)
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
        "evaluation_image": _find_evaluation_image(platform, version),
        "candidate": version.verdict.candidate if version.verdict else "",
        "inference": dict(version.inference),
        "raw_fields": dict(version.verdict.raw_fields) if version.verdict else {},
        "metrics": dict(version.metrics),
        "gate": list_gate_lines(version.verdict),
        "revision": version.revision,
        "run": version.run,
        "commit": version.commit,
        "approver": approval.approver,
        "note": version.note,
        "approved_at": approval.approved_at,
    }


def _find_evaluation_image(platform: Platform, version: ModelVersion) -> str:
    """Return the image in which the model was evaluated; empty if it was not, or if that is not known.

    A later run evaluates the model again in it, as its champion.
    """
    record = read_run_record(platform, version.model, version.run)
    evaluation = version.verdict.evaluation if version.verdict else None
    if record is None or evaluation is None:
        return ""
    return record.images.get(read_job_step(split_uri(evaluation.uri)[1])) or ""


def _find_artifact(platform: Platform, version: ModelVersion) -> S3Object:
    """Return the artifact that was evaluated: exactly the version in the verdict. Raises RegistryError if it is gone.

    What the registry says is compared with the verdict, because an approver may change it with the same call.
    """
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    name, pinned = f"{version.model} version {version.version}", _find_pinned(platform, version)
    bucket, key = split_uri(pinned.uri)
    try:
        head = aws.client("s3", platform.region).head_object(Bucket=bucket, Key=key, VersionId=pinned.version)
    except ClientError as error:
        is_missing = error.response["Error"]["Code"] in {"404", "NoSuchVersion"}
        reason = "is gone. Train again" if is_missing else f"cannot be read: {error}. Fix that, then decide again"
        raise RegistryError(f"{name} cannot go to serving: {pinned.uri} {reason}") from error
    if (head["ETag"].strip('"'), head["ContentLength"]) != (pinned.etag, pinned.size):
        raise RegistryError(
            f"{name} cannot go to serving: {pinned.uri} is not the model that was evaluated: its bytes differ. "
            "Train again"
        )
    return S3Object(bucket=bucket, key=key, version_id=pinned.version)


def _find_pinned(platform: Platform, version: ModelVersion) -> PinnedObject:
    """Return the artifact in the verdict. Raises RegistryError if the registry names another model or serving."""
    name, verdict = f"{version.model} version {version.version}", version.verdict
    if version.verdict_fault:
        raise VerdictChanged(
            f"{name} cannot go to serving: {version.verdict_fault}. Reject it and push the model again"
        )
    if verdict is None and version.run:
        key = build_verdict_key(version.model, version.run)
        if error := find_missing_error(platform, version, key, "verdict"):
            raise error
    if verdict is None or verdict.model != version.model or not verdict.passed:
        raise RegistryError(
            f"{name} cannot go to serving: there is no verdict of the run that registered it, so nobody knows which "
            "bytes were evaluated. Push the model again"
        )
    if version.artifact != verdict.artifact.uri or version.inference != verdict.inference:
        raise RegistryError(
            f"{name} cannot go to serving: model, image or environment variables in the registry are not those that "
            "were evaluated. Reject it and push the model again"
        )
    _refuse_rewritten(platform, version)
    return verdict.artifact


def _refuse_rewritten(platform: Platform, version: ModelVersion) -> None:
    """Raise RegistryError if the registry's metadata say something else than the record of the run.

    IAM has no condition key for some of them, such as `data.raw`, and people read there where a model is from.
    """
    record = read_run_record(platform, version.model, version.run)
    recorded = record.metadata if record else {}
    rewritten = [key for key, text in recorded.items() if version.properties.get(key, text) != text]
    if rewritten:
        raise RegistryError(
            f"{version.model} version {version.version} cannot go to serving: its metadata in the registry are not "
            f"those of its run: {', '.join(sorted(rewritten))}. Reject it and push the model again"
        )


def _copy(platform: Platform, source: S3Object, version: ModelVersion) -> tuple[S3Object, int, str]:
    """Copy the model; return the copy, its size in bytes and its SHA-256, computed from the copy itself."""
    from boto3.s3.transfer import TransferConfig  # noqa: PLC0415 - boto3 is slow to import

    s3, bucket = aws.client("s3", platform.region), serving_bucket(platform)
    key = build_approved_model_key(version.model, version.version)
    source_version = {"VersionId": source.version_id} if source.version_id else {}
    s3.copy(
        {"Bucket": source.bucket, "Key": source.key, **source_version},
        bucket,
        key,
        ExtraArgs={"TaggingDirective": "REPLACE"},  # copying the artifact's tags would need more permissions
        Config=TransferConfig(multipart_threshold=PART, multipart_chunksize=PART),
    )
    response = s3.get_object(Bucket=bucket, Key=key)
    copied = S3Object(bucket=bucket, key=key, version_id=response.get("VersionId", ""))
    return copied, response["ContentLength"], hash_stream(response["Body"])
