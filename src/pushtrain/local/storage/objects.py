"""The embedded S3 survives the process: buckets and object versions are written down, and read back on start.

In: what moto's S3 holds after each request. Out: documents and blobs in the Store, and a moto S3 that holds
what earlier processes, and others running now, put there. It never renames a key or cleans up.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import uuid4

from pushtrain.local.storage.blobs import Blob, show
from pushtrain.local.storage.store import Store

# Attributes of moto's FakeKey that a GET, HEAD or listing shows and that JSON holds as they are.
PLAIN = (
    "name", "bucket_name", "account_id", "region_name", "_etag", "_version_id", "_is_versioned",
    "_storage_class", "contentsize", "checksum_algorithm", "checksum_value", "checksum_type",
    "checksum_parts", "encryption", "kms_key_id", "bucket_key_enabled", "lock_mode", "lock_legal_status",
    "lock_until", "website_redirect_location",
)  # fmt: skip


class Objects:
    """Keeps moto's S3 and the Store alike. Threads may call it; each request flushes what it touched.

    Of other processes it sees new buckets and objects at the next request, deletions at the next start.
    """

    def __init__(self, *, store: Store, account: str, partition: str) -> None:
        from moto.s3.models import s3_backends  # noqa: PLC0415  moto is imported only when AWS comes up

        self.store = store
        self.backend: Any = s3_backends[account][partition]
        self._lock = threading.RLock()
        self._touched = threading.local()
        self._last_place = 0
        self._buckets: dict[str, dict[str, Any]] = {}
        self._documents: dict[tuple[str, str], dict[str, dict[str, Any]]] = {}
        self._stored_key = _stored_key_class()
        self._blank = _blank_key(self._stored_key)

    def refresh(self) -> None:
        """Takes in what other processes wrote since the last look; costs one small query."""
        with self._lock:
            if not self.store.has_changed_elsewhere():
                return
            for name, document in self.store.list_all("bucket"):
                if name not in self.backend.buckets:
                    self._buckets[name] = document
                    bucket = self.create_bucket(name, document["region"], document["versioning"])
                    bucket.creation_date = datetime.fromisoformat(document["created"])
            for place, document in self.store.list_since("object", self._last_place):
                self._last_place = place
                self._restore(document)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else, thread or process, changes an object meanwhile: for requests on a condition."""
        with self._lock, self.store.write_lock():
            yield

    def create_bucket(self, name: str, region: str, versioning: str | None = "Enabled") -> Any:
        """Makes a bucket in moto, without the request that would cost 0.1 s at start."""
        from moto.s3.models import FakeBucket  # noqa: PLC0415

        make: Any = FakeBucket  # an abstract class in moto's types, not in its behaviour
        bucket = make(name=name, account_id=self.backend.account_id, region_name=region)
        bucket.versioning_status = versioning
        self.backend.buckets[name] = bucket
        return bucket

    def touch(self, bucket: str, key: str) -> None:
        """Says that this thread's request changes a key."""
        self._touched.__dict__.setdefault("keys", {})[bucket, key] = True

    def flush(self) -> None:
        """Writes down what this thread's request changed: after it, a killed process loses nothing of it."""
        keys: dict[tuple[str, str], bool] = self._touched.__dict__.pop("keys", {})
        for bucket, key in keys:
            for version in self._versions(bucket, key):
                self._move_to_disk(version)
        with self._lock:
            self._record_buckets()
            for bucket, key in keys:
                self._record(bucket, key)

    def _versions(self, bucket: str, key: str) -> list[Any]:
        held = self.backend.buckets.get(bucket)
        return [] if held is None else list(held.keys.getlist(key, []))

    def _move_to_disk(self, version: Any) -> None:
        """Swaps moto's buffer for the file; readers wait on the key's own lock."""
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
            if version.multipart is not None:  # its parts would keep the whole content twice
                version.multipart.dispose()
                version.multipart = None
            version.__class__ = self._stored_key

    def _record_buckets(self) -> None:
        now = {
            name: {
                "region": bucket.region_name,
                "versioning": bucket.versioning_status,
                "created": bucket.creation_date.isoformat(),
            }
            for name, bucket in self.backend.buckets.items()
        }
        for name in self._buckets.keys() - now.keys():
            self.store.remove("bucket", name)
        changed = {name: document for name, document in now.items() if document != self._buckets.get(name)}
        if changed:
            self.store.put_all("bucket", changed)
        self._buckets = now

    def _record(self, bucket: str, key: str) -> None:
        old = self._documents.get((bucket, key), {})
        versions = self._versions(bucket, key)
        new = {version.version_id: self._document(bucket, version) for version in versions}
        changed = {_identity(d): d for version_id, d in new.items() if d != old.get(version_id)}
        self.store.put_all("object", changed)
        for version_id in old.keys() - new.keys():
            self.store.remove("object", _identity(old[version_id]))
        self._documents[bucket, key] = new
        kept = {document.get("blob") for document in new.values()}
        for document in old.values():
            if "blob" in document and document["blob"] not in kept:
                (self.store.folder / "blobs" / document["blob"]).unlink(missing_ok=True)
        newest = versions[-1] if versions else None
        blob = newest._value_buffer.path if isinstance(newest, self._stored_key) else None
        show(self.store.folder, bucket, key, blob)

    def _document(self, bucket: str, version: Any) -> dict[str, Any]:
        when = version.last_modified.isoformat()
        if not isinstance(version, self._stored_key):
            marker = {"name": version.name, "bucket_name": bucket, "_version_id": version.version_id}
            return {**marker, "modified": when}
        return {
            **{name: getattr(version, name) for name in PLAIN},
            "modified": when,
            "metadata": dict(version._metadata),
            "tags": self.backend.tagger.get_tag_dict_for_resource(version.arn),
            "blob": version._value_buffer.path.name,
        }

    def _restore(self, document: dict[str, Any]) -> None:
        bucket, key, version_id = document["bucket_name"], document["name"], document["_version_id"] or "null"
        known = self._documents.setdefault((bucket, key), {})
        if version_id in known:  # this process wrote it
            return
        known[version_id] = document
        version = self._key(document) if "blob" in document else self._marker(document)
        self.backend.buckets[bucket].keys[key] = version

    def _key(self, document: dict[str, Any]) -> Any:
        key: Any = object.__new__(self._stored_key)
        key.__dict__.update(self._blank)
        key.__dict__.update({name: document[name] for name in PLAIN})
        key.last_modified = datetime.fromisoformat(document["modified"])
        key.lock = threading.Lock()
        key._metadata = type(self._blank["_metadata"])()
        key._metadata.update(document["metadata"])
        key._value_buffer = Blob(self.store.folder / "blobs" / document["blob"])
        if document["tags"]:
            self.backend.tagger.tag_resource(key.arn, self.backend.tagger.convert_dict_to_tags_input(document["tags"]))
        return key

    def _marker(self, document: dict[str, Any]) -> Any:
        from moto.s3.models import FakeDeleteMarker  # noqa: PLC0415

        before = self._versions(document["bucket_name"], document["name"])
        marker = FakeDeleteMarker(key=before[-1] if before else self._key_named(document["name"]))
        marker._version_id = document["_version_id"]
        marker.last_modified = datetime.fromisoformat(document["modified"])
        return marker

    def _key_named(self, name: str) -> Any:
        key: Any = object.__new__(self._stored_key)
        key.__dict__.update(self._blank, name=name)
        return key


def _identity(document: dict[str, Any]) -> str:
    return f"{document['bucket_name']}/{document['name']}?{document['_version_id'] or 'null'}"


def _stored_key_class() -> Any:
    """A FakeKey of moto whose content is a file: copies share it, and there is nothing to dispose of."""
    from moto.s3.models import FakeKey  # noqa: PLC0415

    class StoredKey(FakeKey):
        def __deepcopy__(self, memo: dict[int, Any]) -> StoredKey:  # moto copies all versions to list them
            twin: StoredKey = object.__new__(StoredKey)
            twin.__dict__.update(self.__dict__)
            return twin

        def dispose(self, garbage: bool = False) -> None:  # noqa: ARG002  moto's signature
            self.disposed = True

    return StoredKey


def _blank_key(stored_key: Any) -> dict[str, Any]:
    blank = stored_key(name="", value=b"", account_id="", region_name="us-east-1")
    blank._value_buffer.close()
    return dict(vars(blank))
