"""PutObject into the store, without moto.

In: requests as dicts. Out: responses as boto3 gives them, once the object is in the store. Requests with other
parameters, and conditions that do not hold, are NotAnswered: then moto answers, with S3's error.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Any, BinaryIO
from uuid import uuid4

from pushtrain.local.api import Request, RequestScope
from pushtrain.local.lookup.clients import NotAnswered
from pushtrain.local.lookup.objects import USER_METADATA, Document, find_version
from pushtrain.local.storage.blobs import update_link
from pushtrain.local.storage.objects import JSON_ATTRIBUTES, build_store_key
from pushtrain.local.storage.store import Store
from pushtrain.platform import Platform

MEMBERS = frozenset({"Bucket", "Key", "Body", "ContentType", "IfMatch", "IfNoneMatch", "Metadata"})
LONGEST_KEY = 1024  # bytes, S3 user guide, "Naming Amazon S3 objects"


class Puts:
    """The operation. `on_put` gets the document of each new version, in the thread of the request."""

    def __init__(self, store: Store, platform: Platform, on_put: Callable[[Document], object]) -> None:
        self._store, self._platform, self._on_put = store, platform, on_put
        self._buckets = frozenset(list_buckets(platform))

    def put_object(self, request: Request, _: RequestScope) -> dict[str, Any]:
        """Store an object. A condition is tested under the lock that all processes share."""
        key, content = request.get("Key", ""), request.get("Body")
        if not request.keys() <= MEMBERS or request["Bucket"] not in self._buckets or not key:
            raise NotAnswered
        if not isinstance(content, bytes | io.BufferedReader) or len(key.encode()) > LONGEST_KEY:
            raise NotAnswered
        if not all(f"{name}{text}".isascii() for name, text in request.get("Metadata", {}).items()):
            raise NotAnswered
        has_condition = bool(request.keys() & {"IfMatch", "IfNoneMatch"})
        with self._store.write_lock() if has_condition else nullcontext():
            if has_condition and not self._is_met(request):
                raise NotAnswered
            document = self._write(request, io.BytesIO(content) if isinstance(content, bytes) else content)
        self._on_put(document)
        return {"ETag": f'"{document["_etag"]}"', "VersionId": document["_version_id"]}

    def _is_met(self, request: Request) -> bool:
        newest = find_version(self._store, request["Bucket"], request["Key"])
        etag = f'"{newest["_etag"]}"' if newest else None
        is_absent = "IfNoneMatch" not in request or (etag is None and request["IfNoneMatch"] == "*")
        return is_absent and ("IfMatch" not in request or etag == request["IfMatch"])

    def _write(self, request: Request, content: BinaryIO) -> Document:
        source = _HashedSource(content)
        blob = self._store.put_blob(f"blobs/{uuid4().hex}", source)
        metadata = {f"{USER_METADATA}{name.lower()}": text for name, text in request.get("Metadata", {}).items()}
        if content_type := request.get("ContentType"):
            metadata["content-type"] = content_type
        document = {
            **dict.fromkeys(JSON_ATTRIBUTES),
            "name": request["Key"],
            "bucket_name": request["Bucket"],
            "account_id": self._platform.account,
            "region_name": self._platform.partition,
            "_etag": source.md5.hexdigest(),
            "_version_id": str(uuid4()),
            "_is_versioned": True,
            "_storage_class": "STANDARD",
            "contentsize": source.size,
            "modified": datetime.now(UTC).replace(tzinfo=None).isoformat(),
            "metadata": metadata,
            "tags": {},
            "blob": blob.name,
        }
        self._store.put("object", build_store_key(document), document)
        update_link(self._store.folder, request["Bucket"], request["Key"], blob)
        return document


class _HashedSource:
    """A file that is hashed while it is read."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self.md5, self.size = file, hashlib.md5(usedforsecurity=False), 0

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes."""
        chunk = self._file.read(size)
        self.md5.update(chunk)
        self.size += len(chunk)
        return chunk


def create_buckets(store: Store, platform: Platform) -> None:
    """Create the platform's buckets in the store, versioned as CDK does it."""
    stored = {name for name, _ in store.list_all("bucket")}
    created = datetime.now(UTC).isoformat()
    document = {"region": platform.region, "versioning": "Enabled", "created": created}
    store.put_all("bucket", {name: document for name in list_buckets(platform) if name not in stored})


def list_buckets(platform: Platform) -> list[str]:
    """Return the names of the platform's buckets."""
    return list(filter(None, (platform.code_bucket, platform.artifact_bucket, platform.serving_bucket)))
