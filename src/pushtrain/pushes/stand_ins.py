"""Local stand-ins for data in S3: at which keys the files lie on this computer, and what S3 says about them.

In: a model repo and an entry of `data` with both addresses. Out: the objects that a run on this computer reads.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from pushtrain.layout import split_uri
from pushtrain.pushes.data_listing import Listings
from pushtrain.pushes.data_version import build_data
from pushtrain.pushes.upload import compute_part_size
from pushtrain.record import RecordedData

if TYPE_CHECKING:
    from pushtrain.model_repo.contents import ModelRepo
    from pushtrain.model_repo.manifest import File


def list_stand_ins(repo: ModelRepo, local: str, prefix: str) -> Iterator[tuple[str, File]]:
    """Yield the key in S3 of each file at or below the path `local`, for the entry's key `prefix`, and the file.

    They are the files that a push would upload: an ignored file is not available to a local run either.
    """
    folder = local.rstrip("/") + "/"
    for file in repo.files:
        if file.path == local:
            yield (prefix + Path(local).name if prefix.endswith("/") else prefix), file
        elif file.path.startswith(folder):
            yield f"{prefix.rstrip('/')}/{file.path.removeprefix(folder)}".lstrip("/"), file


def describe_stand_ins(
    s3: Any, repo: ModelRepo, uri: str, local: str, listings: Listings | None = None
) -> RecordedData:
    """Return a data entry as it will be when its stand-ins have been uploaded to its address in embedded S3."""
    bucket, prefix = split_uri(uri)
    objects = _list_objects(s3, bucket, prefix)
    for key, file in list_stand_ins(repo, local, prefix):
        objects[key] = (file.size, compute_etag(repo, file))
    names = {key: key.removeprefix(prefix) for key in objects if key.startswith(prefix) and not key.endswith("/")}
    data = build_data(uri, ((name, *objects[key]) for key, name in names.items()), listings=listings)
    return msgspec.structs.replace(data, stand_in=local)


def compute_etag(repo: ModelRepo, file: File) -> str:
    """Return the ETag, without quotes, that S3 gives a file which is uploaded without a key of KMS.

    Source: S3 API Reference, "Object": the MD5 of the content; for an upload in parts, that of the MD5s of all parts.
    [unverified] on AWS: it is compared with what embedded S3 says only.
    """
    part_size = compute_part_size(file)
    content = repo.open(file)
    parts = [hashlib.md5(part, usedforsecurity=False) for part in iter(lambda: content.read(part_size), b"")]
    if file.path in repo.contents or file.size < part_size:
        return parts[0].hexdigest() if parts else hashlib.md5(usedforsecurity=False).hexdigest()
    digests = b"".join(part.digest() for part in parts)
    return f"{hashlib.md5(digests, usedforsecurity=False).hexdigest()}-{len(parts)}"


def _list_objects(s3: Any, bucket: str, prefix: str) -> dict[str, tuple[int, str]]:
    """Return size and ETag of the objects that embedded S3 has already, by key; none without the bucket."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    try:
        pages = list(s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix))
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchBucket":
            raise
        return {}
    listed = (entry for page in pages for entry in page.get("Contents", ()))
    return {entry["Key"]: (entry["Size"], entry["ETag"].strip('"')) for entry in listed}
