"""The objects of S3 from the store, without moto: GetObject, HeadObject, and lists of keys and of versions.

In: requests as dicts. Out: responses as boto3 gives them. Requests with other parameters are NotAnswered.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pushtrain.local.api import ApiError, Request, RequestScope
from pushtrain.local.lookup.clients import NotAnswered
from pushtrain.local.storage.blobs import Blob
from pushtrain.local.storage.direct_s3 import OWNER, PAGE
from pushtrain.local.storage.store import Store

USER_METADATA = "x-amz-meta-"  # how the header of a user's own metadata begins
Document = Mapping[str, Any]


class Body(io.RawIOBase):
    """The content of an object, read from its file. No file stays open."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._blob = Blob(path)

    def readable(self) -> bool:
        """Return True."""
        return True

    def read(self, size: int | None = -1) -> bytes:
        """Return the next bytes, all that remain if `size` is negative or None."""
        return self._blob.read(-1 if size is None else size)

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer, and return how many bytes it got."""
        content = self._blob.read(len(buffer))
        buffer[: len(content)] = content
        return len(content)

    def iter_chunks(self, chunk_size: int = 1024) -> Iterator[bytes]:
        """Yield the content in pieces."""
        while chunk := self.read(chunk_size):
            yield chunk

    def iter_lines(self) -> Iterator[bytes]:
        """Yield each line without its end."""
        yield from self.read().splitlines()


class StoredObjects:
    """The operations. Each object is read from the store at the call, so other processes' writes are seen."""

    def __init__(self, store: Store, platform_buckets: frozenset[str]) -> None:
        self._store, self._platform_buckets = store, platform_buckets

    def get_object(self, request: Request, _: RequestScope) -> dict[str, Any]:
        """Return an object, in its newest version unless one is named. Raises ApiError: NoSuchKey."""
        self._check(request, {"Bucket", "Key", "VersionId"})
        document = find_version(self._store, request["Bucket"], request["Key"], request.get("VersionId"))
        if document is None:
            raise ApiError("NoSuchKey", "The specified key does not exist.", status=404)
        return {**_describe_object(document), "Body": Body(self._store.folder / "blobs" / document["blob"])}

    def head_object(self, request: Request, _: RequestScope) -> dict[str, Any]:
        """Return what describes an object, in its newest version unless one is named. Raises ApiError: 404."""
        self._check(request, {"Bucket", "Key", "VersionId"})
        document = find_version(self._store, request["Bucket"], request["Key"], request.get("VersionId"))
        if document is None:
            raise ApiError("404", "Not Found", status=404)
        return _describe_object(document)

    def list_object_versions(self, request: Request, _: RequestScope) -> dict[str, Any]:
        """Return all versions of the keys with a prefix. Raises NotAnswered if there are too many for a page."""
        self._check(request, {"Bucket", "Prefix"})
        bucket, prefix = request["Bucket"], request.get("Prefix", "")
        versions: dict[str, list[Document]] = {}
        for _key, document in self._store.list_range("object", f"{bucket}/{prefix}"):
            if document["name"].startswith(prefix):
                versions.setdefault(document["name"], []).insert(0, document)
        listed = [(document, number == 0) for key in sorted(versions) for number, document in enumerate(versions[key])]
        if len(listed) > PAGE:
            raise NotAnswered
        response: dict[str, Any] = {"Name": bucket, "Prefix": prefix, "KeyMarker": "", "VersionIdMarker": ""}
        response |= {"MaxKeys": PAGE, "IsTruncated": False}
        for version, is_latest in listed:
            member = "Versions" if "blob" in version else "DeleteMarkers"
            response.setdefault(member, []).append(_describe_version(version, is_latest))
        return response

    def list_objects_v2(self, request: Request, _: RequestScope) -> dict[str, Any]:
        """Return one page of keys, and of the common prefixes if there is a delimiter."""
        self._check(request, {"Bucket", "Prefix", "Delimiter", "MaxKeys", "ContinuationToken"})
        prefix, delimiter = request.get("Prefix", ""), request.get("Delimiter", "")
        after, size = request.get("ContinuationToken", ""), min(request.get("MaxKeys", PAGE), PAGE)
        entries: dict[str, Document | None] = {}
        for key, document in sorted(self._list_newest(request["Bucket"], prefix).items()):
            common_prefix = _find_common_prefix(key, prefix, delimiter)
            entries[common_prefix or key] = None if common_prefix else document
        names = [name for name in entries if name > after]
        page = names[:size]
        contents = [_describe_listed(name, listed) for name in page if (listed := entries[name])]
        prefixes = [{"Prefix": name} for name in page if entries[name] is None]
        response: dict[str, Any] = {"Name": request["Bucket"], "Prefix": prefix, "KeyCount": len(page)}
        response |= {"MaxKeys": size, "IsTruncated": len(names) > len(page)}
        response |= ({"Contents": contents} if contents else {}) | ({"CommonPrefixes": prefixes} if prefixes else {})
        return response | ({"NextContinuationToken": page[-1]} if response["IsTruncated"] and page else {})

    def _check(self, request: Request, members: set[str]) -> None:
        """Raise NotAnswered for a request with another member, or for a bucket that may not exist."""
        if not request.keys() <= members or request["Bucket"] not in self._platform_buckets:
            raise NotAnswered

    def _list_newest(self, bucket: str, prefix: str) -> dict[str, Document]:
        """Return the newest version of each key, without deleted ones."""
        listed = self._store.list_range("object", f"{bucket}/{prefix}")
        newest = {document["name"]: document for _, document in listed if document["bucket_name"] == bucket}
        return {key: document for key, document in newest.items() if key.startswith(prefix) and "blob" in document}


def find_version(store: Store, bucket: str, key: str, version: str | None = None) -> Document | None:
    """Return the stored document of a version, of the newest unless one is named; None if there is no object.

    Raises NotAnswered for a version that does not exist.
    """
    documents = [
        document
        for _, document in store.list_range("object", f"{bucket}/{key}?")
        if document["name"] == key and version in {None, document["_version_id"] or "null"}
    ]
    if not documents and version:
        raise NotAnswered  # boto3 tells a version that does not exist from an id that is none
    return documents[-1] if documents and "blob" in documents[-1] else None


def _find_common_prefix(key: str, prefix: str, delimiter: str) -> str:
    """Return the key up to the first delimiter after the prefix; empty if there is none."""
    head, separator, _ = key[len(prefix) :].partition(delimiter) if delimiter else ("", "", "")
    return f"{prefix}{head}{separator}" if separator else ""


def _describe(document: Document) -> dict[str, Any]:
    modified = datetime.fromisoformat(document["modified"]).replace(microsecond=0, tzinfo=UTC)
    return {"ETag": f'"{document["_etag"]}"', "LastModified": modified}


def _describe_object(document: Document) -> dict[str, Any]:
    metadata = document["metadata"]
    return {
        "AcceptRanges": "bytes",
        **_describe(document),
        "ContentLength": document["contentsize"],
        "ContentType": metadata.get("content-type", "binary/octet-stream"),
        "Metadata": {
            name.removeprefix(USER_METADATA): text for name, text in metadata.items() if name.startswith(USER_METADATA)
        },
        "VersionId": document["_version_id"] or "null",
    }


def _describe_version(document: Document, is_latest: bool) -> dict[str, Any]:
    is_marker = "blob" not in document
    described = {} if is_marker else _describe_listed(document["name"], document)
    modified = datetime.fromisoformat(document["modified"]).replace(microsecond=0, tzinfo=UTC)
    version = {"Key": document["name"], "VersionId": document["_version_id"] or "null", "IsLatest": is_latest}
    return {**described, **version, "LastModified": modified, "Owner": dict(OWNER)}


def _describe_listed(key: str, document: Document) -> dict[str, Any]:
    return {"Key": key, "Size": document["contentsize"], "StorageClass": "STANDARD", **_describe(document)}
