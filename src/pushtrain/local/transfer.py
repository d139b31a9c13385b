"""Files between S3 and a job's folder, and the archives that SageMaker packs and unpacks.

In: a boto3 S3 client, an S3 URI, a folder. Out: files, or objects. Raises JobError with the reason in AWS's words;
never writes outside the folder it was given.
"""

from __future__ import annotations

import gzip
import os
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Any

from botocore.exceptions import ClientError

from pushtrain.local.contract import JobError


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
    except ClientError as error:
        raise JobError(f"ClientError: Data download failed: {_code(error)}: {uri}") from error
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as target:
        shutil.copyfileobj(body, target)


def download(s3: Any, uri: str, folder: Path, *, required: bool = True) -> int:
    """Everything under an S3Prefix into `folder`; the number of objects found. One object keeps its base name.

    AWS matches S3Prefix as a string. Where that takes in siblings (`…/train` and `…/train_labels/x`) it is not documented
    where they are placed, so it is refused here.
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
    except ClientError as error:
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
    except ClientError as error:
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


def pack(folder: Path, archive: Path) -> None:
    """A tar.gz of what `folder` holds: the same files give the same bytes, whatever the clock and the user."""
    with (
        archive.open("wb") as raw,
        gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=raw, mtime=0) as zipped,
        tarfile.open(fileobj=zipped, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        for path in sorted(folder.rglob("*")):
            if path.is_dir() or path.is_file() or path.is_symlink():  # no sockets, no pipes
                _add(tar, path, path.relative_to(folder).as_posix())


def _add(tar: tarfile.TarFile, path: Path, name: str) -> None:
    info = tar.gettarinfo(path, name)
    info.mtime = info.uid = info.gid = 0
    info.uname = info.gname = ""
    info.mode = 0o755 if info.isdir() or info.mode & 0o100 else 0o644
    if not info.isreg():
        tar.addfile(info)
        return
    with path.open("rb") as content:
        tar.addfile(info, content)


def unpack(archive: Path, folder: Path) -> None:
    """Unpack a tar.gz into `folder`. Raises JobError where a member would land outside, or the archive is broken."""
    try:
        with tarfile.open(archive, "r:*") as tar:
            for member in tar.getmembers():
                if member.name.startswith("/") or ".." in PurePosixPath(member.name).parts:
                    raise JobError(f"ClientError: the archive holds {member.name!r}, which lies outside of it")
            tar.extractall(folder, filter="data")
    except (tarfile.TarError, EOFError, OSError) as error:
        raise JobError(f"ClientError: the archive cannot be unpacked: {error}") from error


def read_member(archive: Path, name: str) -> str | None:
    """The text of one member (`name` or `./name`), None where there is none."""
    with open_archive(archive) as tar:
        for member in tar:
            if member.name.removeprefix("./") == name and member.isreg():
                return member_text(tar, member)
    return None


def open_archive(archive: Path) -> tarfile.TarFile:
    """Open a tar of any compression. Raises JobError where it is none."""
    try:
        return tarfile.open(archive, "r:*")
    except (tarfile.TarError, EOFError, OSError) as error:
        raise JobError(f"ClientError: {archive.name} is not a tar archive: {error}") from error


def member_text(tar: tarfile.TarFile, member: tarfile.TarInfo) -> str:
    """The text of a regular member; bytes that are not UTF-8 become U+FFFD."""
    content: IO[bytes] | None = tar.extractfile(member)
    return content.read().decode("utf-8", "replace") if content else ""


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", "Unknown"))
