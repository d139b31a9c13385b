"""Model repo -> code bucket: what `pushtrain push` and Jenkins run.

Layout: `model-repos/<model>/<revision>/<path>`, manifest.json after the files, config.yaml last: its PUT is the push.
"""

from __future__ import annotations

import dataclasses
import json
import mimetypes
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pushtrain import aws
from pushtrain.errors import PushError
from pushtrain.model_repo.manifest import CONFIG, MANIFEST, File
from pushtrain.platform import Platform
from pushtrain.pushes.event import MODEL_REPOS_PREFIX, Push, build_unversioned_error

if TYPE_CHECKING:
    from pushtrain.model_repo.folder import ModelRepo

PARALLEL = 8

Progress = Callable[[File], None]


@dataclass(frozen=True, kw_only=True)
class Upload:
    """What `upload` did: `is_new` is false when the revision was there already and nothing was put."""

    push: Push
    files: int
    size: int
    is_new: bool


def upload(
    repo: ModelRepo, model: str, platform: Platform, *, repeat: bool = False, progress: Progress = lambda _: None
) -> Upload:
    """Put a model repo into the code bucket, config.yaml last.

    A revision that is there already is left alone; `repeat` puts its config.yaml anew, which is a new push.
    Raises PushError when the bucket refuses.
    """
    s3 = aws.client("s3", platform.region)
    prefix = f"{MODEL_REPOS_PREFIX}/{model}/{repo.revision}/"
    there = _version_of(s3, platform.code_bucket, prefix + CONFIG)
    size = sum(file.size for file in repo.files)
    push = Push(bucket=platform.code_bucket, model=model, revision=repo.revision, version=there or "")
    if there and not repeat:
        return Upload(push=push, files=len(repo.files), size=size, is_new=False)
    if not there:
        _put_files(s3, repo, platform.code_bucket, prefix, progress)
        _put(s3, platform.code_bucket, prefix + MANIFEST, _manifest(repo, model))
    version = _put(s3, platform.code_bucket, prefix + CONFIG, repo.read(CONFIG))
    return Upload(push=dataclasses.replace(push, version=version), files=len(repo.files), size=size, is_new=True)


def find_pushed_version(platform: Platform, model: str, revision: str) -> str | None:
    """S3 version id of the newest push of a revision, None when it was never pushed. Raises PushError as `upload`."""
    s3 = aws.client("s3", platform.region)
    return _version_of(s3, platform.code_bucket, f"{MODEL_REPOS_PREFIX}/{model}/{revision}/{CONFIG}")


def _manifest(repo: ModelRepo, model: str) -> bytes:
    """Paths and hashes of all files, and where they came from; no clock, so that a revision has one manifest."""
    document = {
        "model": model,
        "revision": repo.revision,
        "git": dataclasses.asdict(repo.git),
        "files": [dataclasses.asdict(file) for file in repo.files],
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def _put_files(s3: Any, repo: ModelRepo, bucket: str, prefix: str, progress: Progress) -> None:
    def put(file: File) -> File:
        kind = mimetypes.guess_type(file.path)[0] or "application/octet-stream"
        s3.upload_file(str(repo.folder / file.path), bucket, prefix + file.path, ExtraArgs={"ContentType": kind})
        return file

    with _refusals(bucket), ThreadPoolExecutor(PARALLEL) as pool:
        for done in as_completed([pool.submit(put, file) for file in repo.files if file.path != CONFIG]):
            progress(done.result())


def _put(s3: Any, bucket: str, key: str, body: bytes) -> str:
    """Version id of what was put."""
    with _refusals(bucket):
        version: str | None = s3.put_object(Bucket=bucket, Key=key, Body=body).get("VersionId")
    if not version:
        raise build_unversioned_error(bucket)
    return version


@contextmanager
def _refusals(bucket: str) -> Iterator[None]:
    """What the bucket refuses is said in one line."""
    from boto3.exceptions import Boto3Error  # noqa: PLC0415 - boto3 is slow to import
    from botocore.exceptions import ClientError  # noqa: PLC0415

    try:
        yield
    except (Boto3Error, ClientError) as error:
        raise PushError(f"bucket {bucket}: {error}") from error


def _version_of(s3: Any, bucket: str, key: str) -> str | None:
    """Version id of an object, None when there is none. Raises PushError when the bucket does not let us look."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    try:
        head = s3.head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] == "404":
            return None
        raise PushError(f"bucket {bucket}: {error.response['Error'].get('Message', error)}") from error
    version: str = head.get("VersionId", "")
    return version
