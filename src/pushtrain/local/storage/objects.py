"""Keep the embedded S3 in the store: save buckets and object versions, and load them when a process starts.

In: the contents of moto's S3 after each request. Out: documents and blobs in the Store, and a moto S3 with the contents
that earlier and other processes stored. Keys keep their names, and nothing is cleaned up.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import uuid4

from pushtrain.local.storage.blobs import Blob, update_link
from pushtrain.local.storage.store import Store

# Attributes of moto's FakeKey that GET, HEAD or a listing return, and that can be written as JSON directly.
JSON_ATTRIBUTES = (
    "name", "bucket_name", "account_id", "region_name", "_etag", "_version_id", "_is_versioned",
    "_storage_class", "contentsize", "checksum_algorithm", "checksum_value", "checksum_type",
    "checksum_parts", "encryption", "kms_key_id", "bucket_key_enabled", "lock_mode", "lock_legal_status",
    "lock_until", "website_redirect_location",
)  # fmt: skip


class Objects:
    """Keep moto's S3 and the Store equal. Safe for threads; each request flushes the keys that it touched.

    New buckets and objects of other processes appear with the next request, their deletions after the next start.
    """

    def __init__(self, *, store: Store, account: str, partition: str) -> None:
        from moto.s3.models import s3_backends  # noqa: PLC0415  moto is imported only when AWS comes up

        self.store = store
        self.backend: Any = s3_backends[account][partition]
        self._lock = threading.RLock()
        self._touched = threading.local()
        self._last_position = 0
        self._buckets: dict[str, dict[str, Any]] = {}
        self._documents: dict[tuple[str, str], dict[str, dict[str, Any]]] = {}
        self._stored_key = _build_stored_key_class()
        self._blank = _build_blank_attributes(self._stored_key)

    def refresh(self) -> None:
        """Load what other processes stored since the last call. Costs one small query if nothing changed."""
        with self._lock:
            if not self.store.has_changed_elsewhere():
                return
            for name, document in self.store.list_all("bucket"):
                if name not in self.backend.buckets:
                    self._buckets[name] = document
                    bucket = self.create_bucket(name, document["region"], document["versioning"])
                    bucket.creation_date = datetime.fromisoformat(document["created"])
            for position, document in self.store.list_since("object", self._last_position):
                self._last_position = position
                self._restore(document)

    @contextmanager
    def write_lock(self) -> Iterator[None]:
        """Let no other thread or process change an object while the context lasts: for conditional requests."""
        with self._lock, self.store.write_lock():
            yield

    def create_bucket(self, name: str, region: str, versioning: str | None = "Enabled") -> Any:
        """Create a bucket in moto directly. A request would take 0.1 s at every start."""
        from moto.s3.models import FakeBucket  # noqa: PLC0415

        make: Any = FakeBucket  # an abstract class in moto's types, not in its behaviour
        bucket = make(name=name, account_id=self.backend.account_id, region_name=region)
        bucket.versioning_status = versioning
        self.backend.buckets[name] = bucket
        return bucket

    def touch(self, bucket: str, key: str) -> None:
        """Record that this thread's request changes a key."""
        self._touched.__dict__.setdefault("keys", {})[bucket, key] = True

    def flush(self) -> None:
        """Save the changes of this thread's request. After that they survive even a killed process."""
        keys: dict[tuple[str, str], bool] = self._touched.__dict__.pop("keys", {})
        for bucket, key in keys:
            for version in self._list_versions(bucket, key):
                self._move_to_disk(version)
        with self._lock:
            self._save_buckets()
            for bucket, key in keys:
                self._save_key(bucket, key)

    def _list_versions(self, bucket_name: str, key: str) -> list[Any]:
        bucket = self.backend.buckets.get(bucket_name)
        return [] if bucket is None else list(bucket.keys.getlist(key, []))

    def _move_to_disk(self, version: Any) -> None:
        """Replace moto's buffer by a file. Readers wait for the lock of the key."""
        if not hasattr(version, "_value_buffer"):  # a delete marker
            return
        _ = version.etag  # moto computes it from the buffer, once
        with version.lock:
            if isinstance(version, self._stored_key):
                return
            buffer = version._value_buffer
            buffer.seek(0)
            version._value_buffer = Blob(self.store.put_blob(f"blobs/{uuid4().hex}", buffer))
            buffer.close()
            if version.multipart is not None:  # its parts would hold the whole content a second time
                version.multipart.dispose()
                version.multipart = None
            version.__class__ = self._stored_key

    def _save_buckets(self) -> None:
        documents = {
            name: {
                "region": bucket.region_name,
                "versioning": bucket.versioning_status,
                "created": bucket.creation_date.isoformat(),
            }
            for name, bucket in self.backend.buckets.items()
        }
        for name in self._buckets.keys() - documents.keys():
            self.store.remove("bucket", name)
        changed = {name: document for name, document in documents.items() if document != self._buckets.get(name)}
        if changed:
            self.store.put_all("bucket", changed)
        self._buckets = documents

    def _save_key(self, bucket: str, key: str) -> None:
        """Save all versions of a key, remove those that were deleted, and update the readable link."""
        old = self._documents.get((bucket, key), {})
        versions = self._list_versions(bucket, key)
        new = {version.version_id: self._build_document(bucket, version) for version in versions}
        changed = {build_store_key(d): d for version_id, d in new.items() if d != old.get(version_id)}
        self.store.put_all("object", changed)
        for version_id in old.keys() - new.keys():
            self.store.remove("object", build_store_key(old[version_id]))
        self._documents[bucket, key] = new
        blobs = {document.get("blob") for document in new.values()}
        for document in old.values():
            if "blob" in document and document["blob"] not in blobs:
                (self.store.folder / "blobs" / document["blob"]).unlink(missing_ok=True)
        newest = versions[-1] if versions else None
        blob = newest._value_buffer.path if isinstance(newest, self._stored_key) else None
        update_link(self.store.folder, bucket, key, blob)

    def _build_document(self, bucket: str, version: Any) -> dict[str, Any]:
        """Return the document of an object version or of a delete marker."""
        modified = version.last_modified.isoformat()
        if not isinstance(version, self._stored_key):
            marker = {"name": version.name, "bucket_name": bucket, "_version_id": version.version_id}
            return {**marker, "modified": modified}
        return {
            **{name: getattr(version, name) for name in JSON_ATTRIBUTES},
            "modified": modified,
            "metadata": dict(version._metadata),
            "tags": self.backend.tagger.get_tag_dict_for_resource(version.arn),
            "blob": version._value_buffer.path.name,
        }

    def _restore(self, document: dict[str, Any]) -> None:
        """Add a stored version or delete marker to moto's S3, unless it is there already."""
        bucket, key, version_id = document["bucket_name"], document["name"], document["_version_id"] or "null"
        documents = self._documents.setdefault((bucket, key), {})
        if version_id in documents:  # this process wrote it
            return
        documents[version_id] = document
        version = self._build_key(document) if "blob" in document else self._build_marker(document)
        self.backend.buckets[bucket].keys[key] = version

    def _build_key(self, document: dict[str, Any]) -> Any:
        key: Any = object.__new__(self._stored_key)
        key.__dict__.update(self._blank)
        key.__dict__.update({name: document[name] for name in JSON_ATTRIBUTES})
        key.last_modified = datetime.fromisoformat(document["modified"])
        key.lock = threading.Lock()
        key._metadata = type(self._blank["_metadata"])()
        key._metadata.update(document["metadata"])
        key._value_buffer = Blob(self.store.folder / "blobs" / document["blob"])
        if document["tags"]:
            self.backend.tagger.tag_resource(key.arn, self.backend.tagger.convert_dict_to_tags_input(document["tags"]))
        return key

    def _build_marker(self, document: dict[str, Any]) -> Any:
        from moto.s3.models import FakeDeleteMarker  # noqa: PLC0415

        versions = self._list_versions(document["bucket_name"], document["name"])
        marker = FakeDeleteMarker(key=versions[-1] if versions else self._build_empty_key(document["name"]))
        marker._version_id = document["_version_id"]
        marker.last_modified = datetime.fromisoformat(document["modified"])
        return marker

    def _build_empty_key(self, name: str) -> Any:
        key: Any = object.__new__(self._stored_key)
        key.__dict__.update(self._blank, name=name)
        return key


def build_store_key(document: Mapping[str, Any]) -> str:
    """Return the key of an object version in the store."""
    return f"{document['bucket_name']}/{document['name']}?{document['_version_id'] or 'null'}"


def _build_stored_key_class() -> Any:
    """Return a subclass of moto's FakeKey whose content is a file. Copies share the file; nothing is disposed of."""
    from moto.s3.models import FakeKey  # noqa: PLC0415

    class StoredKey(FakeKey):
        def __deepcopy__(self, memo: dict[int, Any]) -> StoredKey:  # moto copies all versions to list them
            copy: StoredKey = object.__new__(StoredKey)
            copy.__dict__.update(self.__dict__)
            return copy

        def dispose(self, garbage: bool = False) -> None:  # noqa: ARG002  moto's signature
            self.disposed = True

    return StoredKey


def _build_blank_attributes(stored_key: Any) -> dict[str, Any]:
    """Return the attributes of an empty key: the defaults for keys that are loaded from the store."""
    blank = stored_key(name="", value=b"", account_id="", region_name="us-east-1")
    blank._value_buffer.close()
    return dict(vars(blank))
