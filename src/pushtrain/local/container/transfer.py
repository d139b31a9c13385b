"""Files between S3 and a job's folder.

In: a boto3 S3 client, an S3 URI, a folder. Out: files, or objects. Raises JobError with the reason in AWS's words;
never writes outside the folder it was given.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from pushtrain.local.container.contract import JobError


def split(uri: str) -> tuple[str, str]:
    """Bucket and key of `s3://bucket/key`."""
    scheme, _, rest = uri.partition("://")
    bucket, _, key = rest.partition("/")
    if scheme != "s3" or not bucket:
        raise JobError(f'ClientError: "{uri}" is not an S3 URI')
    return bucket, key


def join(uri: str, *parts: str) -> str:
    """`uri` with `parts` below it, one slash between each."""
    return "/".join((uri.rstrip("/"), *parts))


def download_object(s3: Any, uri: str, file: Path) -> None:
    """One object into `file`, streamed."""
    bucket, key = split(uri)
    try:
        body = s3.get_object(Bucket=bucket, Key=key)["Body"]
    except (ClientError, BotoCoreError) as error:
        raise JobError(f"ClientError: Data download failed: {_code(error)}: {uri}") from error
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as target:
        shutil.copyfileobj(body, target)


def download(s3: Any, uri: str, folder: Path, *, required: bool = True) -> int:
    """Everything under an S3Prefix into `folder`; the number of objects found. One object keeps its base name.

    AWS matches S3Prefix as a string. Where that takes in siblings (`…/train` and `…/train_labels/x`) it is not
    documented where they are placed, so it is refused here.
    """
    bucket, prefix = split(uri)
    keys = list(_keys(s3, bucket, prefix, uri))
    if not keys and required:
        raise JobError(f'ClientError: No S3 objects found under S3 URL "{uri}" given in input data source')
    folder.mkdir(parents=True, exist_ok=True)
    for key in keys:
        if not key.endswith("/"):  # markers that consoles leave behind for folders
            download_object(s3, f"s3://{bucket}/{key}", _place(key, prefix, folder))
    return len(keys)


def _keys(s3: Any, bucket: str, prefix: str, uri: str) -> Iterator[str]:
    try:
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            yield from (entry["Key"] for entry in page.get("Contents", ()))
    except (ClientError, BotoCoreError) as error:
        raise JobError(f"ClientError: Data download failed: {_code(error)}: {uri}") from error


def _place(key: str, prefix: str, folder: Path) -> Path:
    """The file for `key`. Raises JobError for what cannot be a file in `folder`."""
    if key == prefix:
        return folder / PurePosixPath(key).name
    relative = key.removeprefix(prefix)
    if prefix and not prefix.endswith("/"):
        if not relative.startswith("/"):
            raise JobError(f"ClientError: the prefix {prefix!r} also matches {key!r}; end it with '/'")
        relative = relative[1:]
    place = folder / relative
    if any(part in {"", ".", ".."} for part in relative.split("/")):
        raise JobError(f"ClientError: the object key {key!r} cannot be a file name")
    if place.is_dir() or any(parent.is_file() for parent in place.parents):
        raise JobError(f"ClientError: the object key {key!r} is a file and a folder at once")
    return place


def upload_file(s3: Any, file: Path, uri: str) -> None:
    """One file to one object."""
    bucket, key = split(uri)
    try:
        with file.open("rb") as body:
            s3.put_object(Bucket=bucket, Key=key, Body=body)
    except (ClientError, BotoCoreError) as error:
        raise JobError(f"ClientError: Data upload failed: {_code(error)}: {uri}") from error


def upload(s3: Any, folder: Path, uri: str) -> int:
    """Each file of `folder` to `uri`/its path; the number uploaded. Symbolic links are not uploaded, as on AWS."""
    count = 0
    for parent, folders, names in os.walk(folder):
        folders.sort()
        for file in (Path(parent, name) for name in sorted(names)):
            if file.is_file() and not file.is_symlink():
                upload_file(s3, file, join(uri, file.relative_to(folder).as_posix()))
                count += 1
    return count


def _code(error: ClientError | BotoCoreError) -> str:
    """S3's error code such as NoSuchKey; botocore's own words where the request never left this process."""
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", "Unknown"))
    return " ".join(str(error).split())
