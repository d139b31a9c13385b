"""Data inside a pushed revision: verify its files against manifest.json, and record its version. Reads S3.

In: a Revision and its Config. Out: a RecordedData for each entry of `data`. Of data at an S3 address, only the address
is known.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from pushtrain.config import Config
from pushtrain.hashes import hash_files, hash_text
from pushtrain.layout import build_uri
from pushtrain.model_repo.code import is_under
from pushtrain.pushes.revision import Revision, build_difference_error
from pushtrain.pushes.upload import PARALLEL
from pushtrain.record import RecordedData

VERIFIED_SIZE = 256 * 1024 * 1024  # bytes of data in one push that are read and hashed
BLOCK = 1024 * 1024


def record_data(s3: Any, revision: Revision, config: Config) -> dict[str, RecordedData]:
    """Return the data entries as they are now.

    Files inside the model repo are read and compared with manifest.json. If they are larger than VERIFIED_SIZE
    together, only their sizes are compared, and their ETags identify the content. Raises PushError if a file differs
    from the one that manifest.json lists, or is not listed.
    """
    files = {name: _list_files(revision, source.local or "") for name, source in config.data.items() if not source.s3}
    paths = sorted({path for entry in files.values() for path in entry})
    is_verified = sum(revision.sizes[path] for path in paths) <= VERIFIED_SIZE
    hashes = _hash_files(s3, revision, paths) if is_verified else {}
    for path in paths:
        if not _is_listed(revision, path, hashes.get(path)):
            raise build_difference_error(path)
    return {
        name: RecordedData(uri=source.s3)
        if source.s3
        else _record_files(revision, source.local or "", files[name], hashes)
        for name, source in config.data.items()
    }


def _list_files(revision: Revision, local: str) -> list[str]:
    return [path for path in revision.sizes if is_under(path, [local.rstrip("/")])]


def _hash_files(s3: Any, revision: Revision, paths: Iterable[str]) -> dict[str, str]:
    """Return the SHA-256 of the files as they are in the bucket."""
    push = revision.push

    def hash_object(path: str) -> tuple[str, str]:
        digest = hashlib.sha256()
        for block in s3.get_object(Bucket=push.bucket, Key=push.prefix + path)["Body"].iter_chunks(BLOCK):
            digest.update(block)
        return path, digest.hexdigest()

    with ThreadPoolExecutor(PARALLEL) as pool:
        return dict(pool.map(hash_object, paths))


def _is_listed(revision: Revision, path: str, content_hash: str | None) -> bool:
    """Return True if manifest.json lists the file with this size, and with this hash unless it is None."""
    listed_hash = (revision.hashes or {}).get(path)
    return revision.sizes[path] == revision.listed_sizes.get(path) and content_hash in {None, listed_hash}


def _record_files(revision: Revision, local: str, paths: Iterable[str], hashes: Mapping[str, str]) -> RecordedData:
    """Return the version of files inside the model repo. It does not depend on the names of model and revision."""
    folder = local.rstrip("/")
    prefix = folder if folder in revision.sizes else f"{folder}/"
    names = {path: path.removeprefix(prefix) for path in sorted(paths)}
    listing = [(name, revision.sizes[path], revision.etags[path]) for path, name in names.items()]
    content_hash = hash_files((name, hashes[path]) for path, name in names.items()) if hashes else None
    return RecordedData(
        uri=build_uri(revision.push.bucket, revision.push.prefix + prefix),
        version=hash_text(json.dumps(listing, ensure_ascii=False)),
        objects=len(names),
        bytes=sum(revision.sizes[path] for path in names),
        sha256=content_hash,
    )
