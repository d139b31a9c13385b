"""The version of data: a hash of the listing of its objects, each with key, size and ETag. Reads S3, no objects.

The handler of pushes computes it before a run, and `on_run_end` after it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any

from pushtrain.hashes import hash_text
from pushtrain.layout import split_uri
from pushtrain.record import RecordedData

PARALLEL = 8
MAX_OBJECTS = 100_000  # of one data entry: S3 lists 1,000 in about 0.1 s
SERVER_ERROR = 500

ListedObject = tuple[str, int, str]  # key below the address, bytes, ETag without quotes


def list_data(s3: Any, uris: Mapping[str, str]) -> dict[str, RecordedData]:
    """Return data entries as they are now. `uris` are their S3 addresses, by name.

    Only the address is known if there are more than MAX_OBJECTS objects, or if S3 refuses the listing for good: the
    bucket is missing, or denies access.
    """
    with ThreadPoolExecutor(PARALLEL) as pool:
        return dict(zip(uris, pool.map(lambda uri: _list_entry(s3, uri), uris.values()), strict=True))


def build_data(uri: str, objects: Iterable[ListedObject], sha256: str | None = None) -> RecordedData:
    """Return the data at an S3 address that has these objects. `sha256` is the hash of their content, if known."""
    listing = sorted(objects)
    return RecordedData(
        uri=uri,
        version=hash_text(json.dumps(listing, ensure_ascii=False)),
        objects=len(listing),
        bytes=sum(size for _, size, _ in listing),
        sha256=sha256,
    )


def _list_entry(s3: Any, uri: str) -> RecordedData:
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    try:
        objects = list(islice(_list_objects(s3, uri), MAX_OBJECTS + 1))
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] >= SERVER_ERROR:
            raise
        return RecordedData(uri=uri)
    return build_data(uri, objects) if len(objects) <= MAX_OBJECTS else RecordedData(uri=uri)


def _list_objects(s3: Any, uri: str) -> Iterator[ListedObject]:
    """Yield every object whose key starts with the address, as a job of SageMaker reads it. Folders are left out."""
    bucket, prefix = split_uri(uri)
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for listed in page.get("Contents", ()):
            if not listed["Key"].endswith("/"):
                yield listed["Key"].removeprefix(prefix), listed["Size"], listed["ETag"].strip('"')
