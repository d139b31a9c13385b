"""Serving's last step: an approved model, downloaded and checked. Writes the file whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from pushtrain import aws
from pushtrain.errors import RegistryError
from pushtrain.hashes import hash_stream
from pushtrain.platform import Platform
from pushtrain.registry import find_version, require_version
from pushtrain.serving.approved_json import current_key, read_document, version_key


@dataclass(frozen=True, kw_only=True)
class FetchedModel:
    """A model file that is what was approved."""

    model: str
    version: int
    sha256: str
    file: Path


def fetch(platform: Platform, model: str, *, version: int | None = None, target: Path | None = None) -> FetchedModel:
    """Download the model in serving, or a given version that is Approved now, to `target`.

    `target` is `<model>-<version>.tar.gz` here unless named; a file of that name is replaced.
    Raises RegistryError when nothing is approved, or the download is not what was approved.
    """
    document = _serving(platform, model) if version is None else _approved(platform, model, version)
    target = target or Path(f"{document['model']}-{document['version']}.tar.gz")
    partial = target.with_name(f"{target.name}.{uuid4().hex[:8]}")
    try:
        _download(platform, document["file"], partial)
        _check(partial, document)
        partial.replace(target)
    except OSError as error:
        raise RegistryError(f"cannot write {target}: {error.strerror}") from error
    finally:
        partial.unlink(missing_ok=True)
    return FetchedModel(model=document["model"], version=document["version"], sha256=document["sha256"], file=target)


def _serving(platform: Platform, model: str) -> Mapping[str, Any]:
    held = read_document(platform, current_key(model))
    if held.version is None or held.document["model"] != model:
        require_version(platform, model)
        raise RegistryError(
            f"no version of {model} is approved. See `pushtrain models list {model}{platform.cli_option}`"
        )
    return held.document


def _approved(platform: Platform, model: str, version: int) -> Mapping[str, Any]:
    """The version's document, if the registry still says Approved: a rejected one stays in the bucket."""
    document = read_document(platform, version_key(model, version)).document
    if not document:
        require_version(platform, model, version)
        raise RegistryError(
            f"{model} version {version} was never approved. See `pushtrain models list {model}{platform.cli_option}`"
        )
    found = find_version(platform, document["model_package"])
    if found is None or found.status != "Approved":
        status = "deleted" if found is None else found.status
        raise RegistryError(f"{model} version {version} is {status}, not Approved")
    return document


def _download(platform: Platform, file: Mapping[str, str], target: Path) -> None:
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    bucket, _, key = file["uri"].removeprefix("s3://").partition("/")
    exactly = {"VersionId": file["version_id"]} if file["version_id"] else {}
    try:
        aws.client("s3", platform.region).download_file(bucket, key, str(target), ExtraArgs=exactly)
    except ClientError as error:
        raise RegistryError(f"{file['uri']} cannot be read: {error}") from error


def _check(file: Path, document: Mapping[str, Any]) -> None:
    with file.open("rb") as content:
        found = hash_stream(content)
    if found != document["sha256"]:
        raise RegistryError(
            f"{document['file']['uri']} is not the model that was approved: its sha256 is {found}, "
            f"approved.json says {document['sha256']}. Nothing was written"
        )
