"""The version of data: a hash of the listing of its objects, each with key, size and ETag. Reads S3, no objects.

The handler of pushes computes it before a run, and `on_run_end` after it. The listing is hashed while it is read, so
that a million objects need no more memory than a thousand. Data with more objects have a marker: one object whose ETag
stands for all of them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import count, islice
from typing import Any

from pushtrain.errors import PushError
from pushtrain.hashes import hash_text
from pushtrain.layout import split_uri
from pushtrain.parallel import call_all
from pushtrain.pushes.data_listing import MAX_LISTED, Listings
from pushtrain.record import RecordedData
from pushtrain.reuse import ListedObject

MAX_OBJECTS = 1_000_000  # of all data entries together: the handler lists them in three minutes (docs/benchmarks.md)
MAX_SORTED = 100_000  # objects of a listing that S3 did not sort: then all of them are in memory
SERVER_ERROR = 500


class TooManyObjectsError(Exception):
    """The data entries have more than MAX_OBJECTS objects together."""


class UnsortedListingError(Exception):
    """A listing is not in the order of its keys, as S3 promises it for all buckets but directory buckets."""


def list_data(
    s3: Any, uris: Mapping[str, str], markers: Mapping[str, str] | None = None, listings: Listings | None = None
) -> dict[str, RecordedData]:
    """Return data entries as they are now. `uris` are their S3 addresses, `markers` those of their markers, by name.

    Only the address is known if S3 refuses the listing for good (the bucket is missing, or denies access), or if a
    marker does not exist. Entries that are not read to their end when MAX_OBJECTS objects are have no version, and this
    number plus one.
    `listings` gets the listings of entries with at most MAX_LISTED objects.
    """

    numbers = count(1)  # of the objects of all entries; threads share it

    def list_entry(name: str) -> RecordedData:
        marker = (markers or {}).get(name)
        return _read_marker(s3, uris[name], marker) if marker else _list_entry(s3, uris[name], listings, numbers)

    return dict(zip(uris, call_all(list_entry, uris), strict=True))


def build_marker_uri(uri: str, key: str) -> str:
    """Return the S3 address of a marker below the address of its data."""
    return f"{uri.rstrip('/')}/{key}"


def check_version(name: str, entry: RecordedData) -> None:
    """Raise PushError if a data entry was not listed to its end, or if its marker does not exist."""
    if entry.version is None and (entry.objects or 0) > MAX_OBJECTS:
        raise PushError(
            f"data.{name}: with those at {entry.uri}, the data have more than {MAX_OBJECTS:,} objects, too many to be "
            f"listed. Write an object there whenever the data change, and name its key: `data.{name}.version: KEY`. "
            "Its ETag then stands for the version of the data"
        )
    if entry.version is None and entry.marker:
        raise PushError(
            f"data.{name}.version: {entry.marker} cannot be listed, or does not exist. Write this object after the "
            "data, with a content that changes with them, such as the names and times of all files"
        )


def build_data(
    uri: str, objects: Iterable[ListedObject], sha256: str | None = None, listings: Listings | None = None
) -> RecordedData:
    """Return the data at an S3 address that has these objects. `sha256` is the hash of their content, if known.

    `listings` gets the objects, unless there are more than MAX_LISTED.
    """
    return _hash_listing(uri, sorted(objects), sha256, listings)


def _hash_listing(
    uri: str, objects: Iterable[ListedObject], sha256: str | None = None, listings: Listings | None = None
) -> RecordedData:
    """Return the data that has these objects, in the order of their keys: the hash is that of a JSON list of them.

    Raises UnsortedListingError if a key comes before the one that precedes it.
    """
    digest, number, size, last = hashlib.sha256(b"["), 0, 0, ""
    first: list[ListedObject] = []
    for listed in objects:
        if listed[0] < last:
            raise UnsortedListingError
        digest.update((", " if number else "").encode() + json.dumps(listed, ensure_ascii=False).encode())
        number, size, last = number + 1, size + listed[1], listed[0]
        if number <= MAX_LISTED:
            first.append(listed)
    digest.update(b"]")
    if listings is not None and number <= MAX_LISTED:
        listings[digest.hexdigest()] = tuple(first)
    return RecordedData(uri=uri, version=digest.hexdigest(), objects=number, bytes=size, sha256=sha256)


def _list_entry(s3: Any, uri: str, listings: Listings | None, numbers: Iterator[int]) -> RecordedData:
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    try:
        return _hash_listing(uri, _limit_objects(_list_objects(s3, uri), numbers), listings=listings)
    except TooManyObjectsError:
        return RecordedData(uri=uri, objects=MAX_OBJECTS + 1)
    except UnsortedListingError:
        objects = list(islice(_list_objects(s3, uri), MAX_SORTED + 1))
        return build_data(uri, objects, listings=listings) if len(objects) <= MAX_SORTED else RecordedData(uri=uri)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] >= SERVER_ERROR:
            raise
        return RecordedData(uri=uri)


def _limit_objects(objects: Iterable[ListedObject], numbers: Iterator[int]) -> Iterator[ListedObject]:
    """Yield objects. Raises TooManyObjectsError instead of an object whose number is larger than MAX_OBJECTS."""
    for listed in objects:
        if next(numbers) > MAX_OBJECTS:
            raise TooManyObjectsError
        yield listed


def _read_marker(s3: Any, uri: str, marker: str) -> RecordedData:
    """Return the data that a marker stands for. The marker is listed, not read: a handler may not read data."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    bucket, key = split_uri(marker)
    try:
        listed = s3.list_objects_v2(Bucket=bucket, Prefix=key, MaxKeys=1).get("Contents", ())
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] >= SERVER_ERROR:
            raise
        listed = ()
    etag = next((listed_object["ETag"].strip('"') for listed_object in listed if listed_object["Key"] == key), None)
    name = marker.removeprefix(build_marker_uri(uri, ""))
    version = hash_text(json.dumps({"marker": name, "etag": etag}, ensure_ascii=False)) if etag else None
    return RecordedData(uri=uri, version=version, marker=marker)


def _list_objects(s3: Any, uri: str) -> Iterator[ListedObject]:
    """Yield every object whose key starts with the address, as a job of SageMaker reads it. Folders are left out."""
    bucket, prefix = split_uri(uri)
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for listed in page.get("Contents", ()):
            if not listed["Key"].endswith("/"):
                yield listed["Key"].removeprefix(prefix), listed["Size"], listed["ETag"].strip('"')
