"""Download an approved model and check its hash. Writes the whole file or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

from msgspec import Struct

from pushtrain import aws
from pushtrain.errors import RegistryError
from pushtrain.hashes import hash_stream
from pushtrain.layout import build_approved_key, build_approved_version_key, split_uri
from pushtrain.platform import Platform
from pushtrain.registry import find_version, require_version
from pushtrain.serving.approved_json import read_document


class FetchedModel(Struct, frozen=True, kw_only=True):
    """A downloaded model file whose hash matches what was approved."""

    model: str
    version: int
    sha256: str
    file: Path


def fetch(platform: Platform, model: str, *, version: int | None = None, target: Path | None = None) -> FetchedModel:
    """Download the model in serving, or the given version if it is Approved now, to `target`.

    `target` defaults to `<model>-<version>.tar.gz` in the current folder; an existing file is replaced.
    Raises RegistryError if nothing is approved or the download does not match what was approved.
    """
    document = find_approved_document(platform, model, version)
    target = target or Path(f"{document['model']}-{document['version']}.tar.gz")
    partial = target.with_name(f"{target.name}.{uuid4().hex[:8]}")
    try:
        _download(platform, document["file"], partial)
        _check_hash(partial, document)
        partial.replace(target)
    except OSError as error:
        raise RegistryError(f"cannot write {target}: {error.strerror}") from error
    finally:
        partial.unlink(missing_ok=True)
    return FetchedModel(model=document["model"], version=document["version"], sha256=document["sha256"], file=target)


def find_approved_document(platform: Platform, model: str, version: int | None = None) -> Mapping[str, Any]:
    """Return approved.json of the version in serving, or of the given version if it is Approved now.

    Raises RegistryError if nothing is approved.
    """
    if version is None:
        return _find_serving_document(platform, model)
    return _find_approved_version(platform, model, version)


def _find_serving_document(platform: Platform, model: str) -> Mapping[str, Any]:
    current = read_document(platform, build_approved_key(model))
    if current.version is None or current.document["model"] != model:
        require_version(platform, model)
        raise RegistryError(
            f"no version of {model} is approved. See `pushtrain models list {model}{platform.cli_option}`"
        )
    return current.document


def _find_approved_version(platform: Platform, model: str, version: int) -> Mapping[str, Any]:
    """Return the version's document if it is still Approved; a rejected version stays in the bucket."""
    document = read_document(platform, build_approved_version_key(model, version)).document
    if not document:
        require_version(platform, model, version)
        raise RegistryError(
            f"{model} version {version} was never approved. See `pushtrain models list {model}{platform.cli_option}`"
        )
    current = find_version(platform, document["model_package"])
    if current is None or current.status != "Approved":
        status = "deleted" if current is None else current.status
        raise RegistryError(f"{model} version {version} is {status}, not Approved")
    return document


def _download(platform: Platform, file: Mapping[str, str], target: Path) -> None:
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    bucket, key = split_uri(file["uri"])
    object_version = {"VersionId": file["version_id"]} if file["version_id"] else {}
    try:
        aws.client("s3", platform.region).download_file(bucket, key, str(target), ExtraArgs=object_version)
    except ClientError as error:
        raise RegistryError(f"{file['uri']} cannot be read: {error}") from error


def _check_hash(file: Path, document: Mapping[str, Any]) -> None:
    with file.open("rb") as content:
        sha256 = hash_stream(content)
    if sha256 != document["sha256"]:
        raise RegistryError(
            f"{document['file']['uri']} is not the model that was approved: its sha256 is {sha256}, "
            f"approved.json says {document['sha256']}. Nothing was written"
        )
