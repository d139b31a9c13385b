"""GetObject and ListObjectsV2 from the store, without moto.

In: requests as dicts. Out: responses as boto3 gives them. Requests with other parameters are NotAnswered.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pushtrain.local.api import ApiError, Request, RequestScope
from pushtrain.local.lookup.clients import NotAnswered
from pushtrain.local.storage.store import Store

PAGE = 1000  # keys of a listing, API reference of ListObjectsV2
Document = Mapping[str, Any]


class Body(io.BytesIO):
    """The content of an object."""

    def iter_chunks(self, chunk_size: int = 1024) -> Any:
        """Yield the content in pieces."""
        while chunk := self.read(chunk_size):
            yield chunk


class StoredObjects:
    """The two operations. Each object is read from the store at the call, so other processes' writes are seen."""

    def __init__(self, store: Store, platform_buckets: frozenset[str]) -> None:
        self._store, self._platform_buckets = store, platform_buckets

    def get_object(self, request: Request, _: RequestScope) -> dict[str, Any]:
        """Return an object, in its newest version unless one is named. Raises ApiError: NoSuchKey."""
        self._check(request, {"Bucket", "Key", "VersionId"})
        document = self._find(request["Bucket"], request["Key"], request.get("VersionId"))
        content = (self._store.folder / "blobs" / document["blob"]).read_bytes()
        return {
            **_describe(document),
            "ContentLength": len(content),
            "ContentType": document["metadata"].get("content-type", "binary/octet-stream"),
            "Metadata": {name: text for name, text in document["metadata"].items() if name != "content-type"},
            "VersionId": document["_version_id"] or "null",
            "Body": Body(content),
        }

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

    def _find(self, bucket: str, key: str, version: str | None) -> Document:
        documents = [
            document
            for _, document in self._store.list_range("object", f"{bucket}/{key}?")
            if document["name"] == key and version in {None, document["_version_id"] or "null"}
        ]
        if not documents and version:
            raise NotAnswered  # boto3 tells a version that does not exist from an id that is none
        if not documents or "blob" not in documents[-1]:
            raise ApiError("NoSuchKey", "The specified key does not exist.")
        return documents[-1]

    def _list_newest(self, bucket: str, prefix: str) -> dict[str, Document]:
        """Return the newest version of each key, without deleted ones."""
        listed = self._store.list_range("object", f"{bucket}/{prefix}")
        newest = {document["name"]: document for _, document in listed if document["bucket_name"] == bucket}
        return {key: document for key, document in newest.items() if key.startswith(prefix) and "blob" in document}


def _find_common_prefix(key: str, prefix: str, delimiter: str) -> str:
    """Return the key up to the first delimiter after the prefix; empty if there is none."""
    head, separator, _ = key[len(prefix) :].partition(delimiter) if delimiter else ("", "", "")
    return f"{prefix}{head}{separator}" if separator else ""


def _describe(document: Document) -> dict[str, Any]:
    modified = datetime.fromisoformat(document["modified"]).replace(microsecond=0, tzinfo=UTC)
    return {"ETag": f'"{document["_etag"]}"', "LastModified": modified}


def _describe_listed(key: str, document: Document) -> dict[str, Any]:
    return {"Key": key, "Size": document["contentsize"], "StorageClass": "STANDARD", **_describe(document)}
