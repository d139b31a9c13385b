"""The data of a push: verify files inside the revision against manifest.json, and record the version of all data.

In: a Revision and its Config. Out: a RecordedData for each entry of `data`. Reads S3.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from pushtrain.hashes import hash_files, hash_stream
from pushtrain.layout import build_uri
from pushtrain.parallel import call_each
from pushtrain.pushes.data_listing import MAX_LISTED, Listings
from pushtrain.pushes.data_version import build_data, build_marker_uri, check_version, list_data
from pushtrain.pushes.revision import Revision, build_difference_error
from pushtrain.record import RecordedData

if TYPE_CHECKING:
    from pushtrain.config import Config

VERIFIED_SIZE = 256 * 1024 * 1024  # bytes of data in one push that are read and hashed


def record_data(
    s3: Any, revision: Revision, config: Config, *, has_stand_ins: bool = False, listings: Listings | None = None
) -> dict[str, RecordedData]:
    """Return the data entries as they are now. `has_stand_ins` is true on this computer: a stand-in has no marker.

    `listings` gets the listings of entries with at most MAX_LISTED objects, by their identity.

    Files inside the model repo are read and compared with manifest.json. If they are larger than VERIFIED_SIZE
    together, only their sizes are compared, and their ETags identify the content. Raises PushError if a file differs
    from the one that manifest.json lists, or is not listed, and what `check_version` raises.
    """
    prefixes = {
        name: _build_prefix(revision, source.local or "") for name, source in config.data.items() if not source.s3
    }
    paths = sorted({path for prefix in prefixes.values() for path in _list_paths(revision, prefix)})
    is_verified = sum(revision.sizes[path] for path in paths) <= VERIFIED_SIZE
    hashes = _hash_files(s3, revision, paths) if is_verified else {}
    for path in paths:
        if not _is_listed(revision, path, hashes.get(path)):
            raise build_difference_error(path)
    inside = {name: _record_files(revision, prefix, hashes, listings) for name, prefix in prefixes.items()}
    uris = {name: source.s3 for name, source in config.data.items() if source.s3}
    outside = list_data(s3, uris, {} if has_stand_ins else list_markers(config), listings)
    for name, entry in outside.items():
        check_version(name, entry)
    if has_stand_ins:
        outside = {name: replace(entry, stand_in=config.data[name].local) for name, entry in outside.items()}
    return {name: inside[name] if name in inside else outside[name] for name in config.data}


def list_markers(config: Config) -> dict[str, str]:
    """Return the S3 address of the marker of each data entry that has one."""
    return {
        name: build_marker_uri(source.s3, source.version)
        for name, source in config.data.items()
        if source.s3 and source.version
    }


def _build_prefix(revision: Revision, local: str) -> str:
    """Return the prefix of a path of the model repo: `data/` for a folder, `rows.csv` for a file."""
    path = local.rstrip("/")
    return path if path in revision.sizes else f"{path}/"


def _list_paths(revision: Revision, prefix: str) -> list[str]:
    """Return the files that a job reads: all that start with the prefix, so `rows.csv.old` beside `rows.csv` too."""
    return sorted(path for path in revision.sizes if path.startswith(prefix))


def _hash_files(s3: Any, revision: Revision, paths: Iterable[str]) -> dict[str, str]:
    """Return the SHA-256 of the files as they are in the bucket."""
    push = revision.push

    def hash_object(path: str) -> tuple[str, str]:
        return path, hash_stream(s3.get_object(Bucket=push.bucket, Key=push.prefix + path)["Body"])

    return dict(call_each(hash_object, paths))


def _is_listed(revision: Revision, path: str, content_hash: str | None) -> bool:
    """Return True if manifest.json lists the file with this size, and with this hash unless it is None."""
    listed_hash = (revision.hashes or {}).get(path)
    return revision.sizes[path] == revision.listed_sizes.get(path) and content_hash in {None, listed_hash}


def _record_files(
    revision: Revision, prefix: str, hashes: Mapping[str, str], listings: Listings | None
) -> RecordedData:
    """Return the version of files inside the model repo. It does not depend on the names of model and revision."""
    names = {path: path.removeprefix(prefix) for path in _list_paths(revision, prefix)}
    content_hash = hash_files((name, hashes[path]) for path, name in names.items()) if hashes else None
    if listings is not None and content_hash and len(names) <= MAX_LISTED:
        listings[content_hash] = tuple((name, revision.sizes[path], hashes[path]) for path, name in names.items())
    objects = ((name, revision.sizes[path], revision.etags[path]) for path, name in names.items())
    return build_data(build_uri(revision.push.bucket, revision.push.prefix + prefix), objects, content_hash)
