"""Copy files between S3 and a job's folder.

In: a boto3 S3 client, an S3 URI, a folder. Out: files, or objects. Raises JobError with a reason worded as AWS does.
Never writes outside of the folder.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from pushtrain.layout import build_uri
from pushtrain.local.container.contract import JobError


def split_uri(uri: str) -> tuple[str, str]:
    """Return bucket and key of `s3://bucket/key`. Raises JobError for any other text."""
    scheme, _, path = uri.partition("://")
    bucket, _, key = path.partition("/")
    if scheme != "s3" or not bucket:
        raise JobError(f'ClientError: "{uri}" is not an S3 URI')
    return bucket, key


def join_uri(uri: str, *parts: str) -> str:
    """Append `parts` to `uri`, with one slash before each."""
    return "/".join((uri.rstrip("/"), *parts))


def download_object(s3: Any, uri: str, file: Path) -> None:
    """Download one object to `file`, in small pieces."""
    bucket, key = split_uri(uri)
    try:
        body = s3.get_object(Bucket=bucket, Key=key)["Body"]
    except (ClientError, BotoCoreError) as error:
        raise JobError(f"ClientError: Data download failed: {_read_code(error)}: {uri}") from error
    try:
        target = file.open("wb")
    except FileNotFoundError:  # the first object in this folder
        file.parent.mkdir(parents=True, exist_ok=True)
        target = file.open("wb")
    with target:
        shutil.copyfileobj(body, target)


def download_prefix(s3: Any, uri: str, folder: Path, *, required: bool = True) -> int:
    """Download all objects of an S3Prefix to `folder` and return their number. One object keeps its base name.

    AWS compares S3Prefix as a string, so `…/train` also matches `…/train_labels/x`. AWS does not document where it puts
    such an object, so JobError is raised. JobError is also raised if there is no object and `required` is True.
    """
    bucket, prefix = split_uri(uri)
    keys = list(_list_keys(s3, bucket, prefix, uri))
    if not keys and required:
        raise JobError(f'ClientError: No S3 objects found under S3 URL "{uri}" given in input data source')
    folder.mkdir(parents=True, exist_ok=True)
    parents = {folder}  # they are folders, so a file can be written to them
    for key in keys:
        if not key.endswith("/"):  # consoles create such objects as markers of folders
            file = _choose_file(key, prefix, folder, parents)
            download_object(s3, build_uri(bucket, key), file)
            parents.add(file.parent)
    return len(keys)


def _list_keys(s3: Any, bucket: str, prefix: str, uri: str) -> Iterator[str]:
    try:
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            yield from (s3_object["Key"] for s3_object in page.get("Contents", ()))
    except (ClientError, BotoCoreError) as error:
        raise JobError(f"ClientError: Data download failed: {_read_code(error)}: {uri}") from error


def _choose_file(key: str, prefix: str, folder: Path, parents: Collection[Path]) -> Path:
    """Return the path in `folder` for an object. Raises JobError if its key cannot be a path there.

    `parents` are folders that exist. Looking at each folder above each of thousands of files takes seconds.
    """
    if key == prefix:
        return folder / PurePosixPath(key).name
    relative = key.removeprefix(prefix)
    if prefix and not prefix.endswith("/"):
        if not relative.startswith("/"):
            raise JobError(f"ClientError: the prefix {prefix!r} also matches {key!r}; end it with '/'")
        relative = relative[1:]
    file = folder / relative
    if any(part in {"", ".", ".."} for part in relative.split("/")):
        raise JobError(f"ClientError: the object key {key!r} cannot be a file name")
    if file.is_dir() or (file.parent not in parents and any(parent.is_file() for parent in file.parents)):
        raise JobError(f"ClientError: the object key {key!r} is a file and a folder at once")
    return file


def upload_file(s3: Any, file: Path, uri: str) -> None:
    """Upload one file as one object."""
    bucket, key = split_uri(uri)
    try:
        with file.open("rb") as body:
            s3.put_object(Bucket=bucket, Key=key, Body=body)
    except (ClientError, BotoCoreError) as error:
        raise JobError(f"ClientError: Data upload failed: {_read_code(error)}: {uri}") from error


def upload_folder(s3: Any, folder: Path, uri: str) -> int:
    """Upload each file of `folder` below `uri` and return their number. As on AWS, symbolic links are left out."""
    count = 0
    for parent, folders, names in os.walk(folder):
        folders.sort()
        for file in (Path(parent, name) for name in sorted(names)):
            if file.is_file() and not file.is_symlink():
                upload_file(s3, file, join_uri(uri, file.relative_to(folder).as_posix()))
                count += 1
    return count


def _read_code(error: ClientError | BotoCoreError) -> str:
    """Return S3's error code, such as NoSuchKey. If botocore did not send the request, return botocore's message."""
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", "Unknown"))
    return " ".join(str(error).split())
