"""Pin an object in S3: the one version of it that a verdict speaks of. Calls S3.

A job's output has exactly one version: the one that the job wrote. A second version means that something wrote the key
again, even if it put the same bytes back, so nobody can say which of them was evaluated.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from pushtrain.errors import BytesChanged
from pushtrain.layout import build_uri


class PinnedObject(Struct, frozen=True, kw_only=True):
    """One version of one object: its S3 URI, version id, ETag (without quotes) and size in bytes."""

    uri: str
    version: str
    etag: str
    size: int


def pin_object(s3: Any, bucket: str, key: str) -> PinnedObject | None:
    """Return the only version of an object; None if the key has none.

    Raises BytesChanged if there are several versions, or if the object was deleted.
    """
    listing = s3.list_object_versions(Bucket=bucket, Prefix=key)  # sorted by key: those of `key` itself come first
    versions = [version for version in listing.get("Versions", ()) if version["Key"] == key]
    markers = [marker for marker in listing.get("DeleteMarkers", ()) if marker["Key"] == key]
    uri = build_uri(bucket, key)
    if len(versions) + len(markers) > 1:
        raise BytesChanged(
            f"{uri} was written or deleted again after the job that made it: it has {len(versions)} versions and "
            f"{len(markers)} deletions. So nobody can say which of them was evaluated. Push with --again"
        )
    if not versions:
        return None
    only = versions[0]
    return PinnedObject(uri=uri, version=only["VersionId"], etag=only["ETag"].strip('"'), size=only["Size"])
