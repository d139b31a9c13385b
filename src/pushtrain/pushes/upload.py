"""Model repo -> code bucket. `pushtrain push` uploads with this module, on a laptop and in CI.

Keys are `model-repos/<model>/<revision>/<path>`. manifest.json comes after the other files and config.yaml last: the
upload of config.yaml is the push.
"""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from pushtrain import aws
from pushtrain.errors import PushError
from pushtrain.layout import CONFIG, MANIFEST, build_revision_prefix
from pushtrain.model_repo.manifest import File
from pushtrain.parallel import call_each
from pushtrain.platform import Platform
from pushtrain.pushes.event import Push, build_unversioned_error
from pushtrain.pushes.fresh import format_fresh

if TYPE_CHECKING:
    from pushtrain.model_repo.contents import ModelRepo

PART_SIZE = 8 * 1024 * 1024  # bytes of a part of a large upload
PART_LIMIT = 10_000  # parts of one upload, S3 User Guide

Progress = Callable[[File], None]


class Upload(Struct, frozen=True, kw_only=True):
    """Outcome of `upload`. `files` is their number, `size` their bytes together.

    `is_new` is false if the revision was in the bucket before, so that nothing was uploaded.
    """

    push: Push
    files: int
    size: int
    is_new: bool


def upload(
    repo: ModelRepo,
    model: str,
    platform: Platform,
    *,
    repeat: bool = False,
    fresh: Iterable[str] = (),
    allow_same: bool = False,
    without_champion: bool = False,
    progress: Progress = lambda _: None,
) -> Upload:
    """Upload a model repo to the code bucket, config.yaml last.

    A revision that is in the bucket is not uploaded again. With `repeat`, its config.yaml is: that is a new push. So
    are files that somebody deleted or replaced in the bucket since. `fresh` are the steps that must run although an
    earlier result is known, or ALL_STEPS; with `allow_same` a run starts even if it only repeats an earlier one; with
    `without_champion` it does not compare with the model in service. They count only if config.yaml is uploaded.
    `progress` is called with each file when it is uploaded. Raises PushError if the bucket refuses, or if a large file
    changed since it was hashed; then nothing starts, because config.yaml was not uploaded.
    """
    s3 = aws.client("s3", platform.region)
    prefix = build_revision_prefix(model, repo.revision)
    version = _find_version(s3, platform.code_bucket, prefix + CONFIG)
    size = sum(file.size for file in repo.files)
    push = Push(bucket=platform.code_bucket, model=model, revision=repo.revision, version=version or "")
    if version and not repeat:
        return Upload(push=push, files=len(repo.files), size=size, is_new=False)
    files = _list_outdated(s3, repo, platform.code_bucket, prefix) if version else repo.files
    if files:
        _upload_files(s3, repo, files, platform.code_bucket, prefix, progress)
        put_object(s3, platform.code_bucket, prefix + MANIFEST, _build_manifest(repo, model))
    metadata = format_fresh(fresh, allow_same=allow_same, without_champion=without_champion)
    version = put_object(s3, platform.code_bucket, prefix + CONFIG, _read_config(repo), metadata)
    return Upload(push=msgspec.structs.replace(push, version=version), files=len(repo.files), size=size, is_new=True)


def find_pushed_version(platform: Platform, model: str, revision: str) -> str | None:
    """Return the S3 version id of a revision's newest push, None if it was never pushed.

    Raises PushError if the bucket refuses.
    """
    s3 = aws.client("s3", platform.region)
    return _find_version(s3, platform.code_bucket, build_revision_prefix(model, revision) + CONFIG)


def _build_manifest(repo: ModelRepo, model: str) -> bytes:
    """Return manifest.json: paths and hashes of all files, git facts. It has no date: one revision, one manifest."""
    document = {
        "model": model,
        "revision": repo.revision,
        "git": msgspec.to_builtins(repo.git),
        "files": [msgspec.to_builtins(file) for file in repo.files],
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def _list_outdated(s3: Any, repo: ModelRepo, bucket: str, prefix: str) -> tuple[File, ...]:
    """Return the files of a pushed revision that are missing in the bucket, have another size, or are newer there.

    An upload writes manifest.json after the files: what is newer than that was replaced later.
    """
    with _push_errors(bucket):
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        objects = {item["Key"].removeprefix(prefix): item for page in pages for item in page.get("Contents", ())}
    if MANIFEST not in objects:
        return repo.files
    uploaded = objects[MANIFEST]["LastModified"]
    return tuple(
        file
        for file in repo.files
        if file.path != CONFIG
        and (
            file.path not in objects
            or objects[file.path]["Size"] != file.size
            or objects[file.path]["LastModified"] > uploaded
        )
    )


def _upload_files(
    s3: Any, repo: ModelRepo, files: Iterable[File], bucket: str, prefix: str, progress: Progress
) -> None:
    def upload(file: File) -> File:
        content_type = mimetypes.guess_type(file.path)[0] or "application/octet-stream"
        upload_file(s3, repo, file, bucket, prefix + file.path, ContentType=content_type)
        return file

    with _push_errors(bucket):
        for uploaded in call_each(upload, [file for file in files if file.path != CONFIG]):
            progress(uploaded)


def upload_file(s3: Any, repo: ModelRepo, file: File, bucket: str, key: str, **arguments: str) -> None:
    """Upload the bytes of a file that were hashed.

    Raises PushError if a large file has other bytes by now, or could not be uploaded.
    """
    content = repo.contents.get(file.path)
    if content is not None:
        s3.put_object(Bucket=bucket, Key=key, Body=content, **arguments)
        return
    from boto3.exceptions import Boto3Error  # noqa: PLC0415 - boto3 is slow to import
    from boto3.s3.transfer import TransferConfig  # noqa: PLC0415

    part_size = compute_part_size(file)
    settings = TransferConfig(multipart_threshold=part_size, multipart_chunksize=part_size)
    try:
        s3.upload_fileobj(repo.open(file), bucket, key, ExtraArgs=arguments, Config=settings)
    except Boto3Error as error:
        raise PushError(f"bucket {bucket}: {error}") from error


def compute_part_size(file: File) -> int:
    """Return how many bytes of a large file are uploaded in one request."""
    return max(PART_SIZE, -(-file.size // PART_LIMIT))


def _read_config(repo: ModelRepo) -> bytes:
    (config,) = (file for file in repo.files if file.path == CONFIG)
    return repo.open(config).read()


def put_object(s3: Any, bucket: str, key: str, body: bytes, metadata: Mapping[str, str] = MappingProxyType({})) -> str:
    """Upload one object. Return its S3 version id."""
    with _push_errors(bucket):
        arguments = {"Metadata": dict(metadata)} if metadata else {}
        response = s3.put_object(Bucket=bucket, Key=key, Body=body, **arguments)
        version: str | None = response.get("VersionId")
    if not version:
        raise build_unversioned_error(bucket)
    return version


@contextmanager
def _push_errors(bucket: str) -> Iterator[None]:
    """Turn an error of S3 into a PushError of one line."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    try:
        yield
    except ClientError as error:
        raise PushError(f"bucket {bucket}: {error}") from error


def _find_version(s3: Any, bucket: str, key: str) -> str | None:
    """Return the version id of an object, None if there is none. Raises PushError if the bucket refuses to answer."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    try:
        head = s3.head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] == "404":
            return None
        raise PushError(f"bucket {bucket}: {error.response['Error'].get('Message', error)}") from error
    version: str = head.get("VersionId", "")
    return version
