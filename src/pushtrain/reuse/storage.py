"""Read and write the reuse index in the artifact bucket, and look at the outputs of jobs there. Calls S3."""

from __future__ import annotations

import json
from collections.abc import Callable, Container, Iterable
from itertools import islice
from typing import Any

from msgspec import Struct

from pushtrain.documents import change_document, parse_document, read_with_etag
from pushtrain.hashes import hash_text
from pushtrain.layout import build_reuse_key, build_uri
from pushtrain.reuse.index import FinishedRun, ReusableJob, ReuseIndex

MAX_OUTPUTS = 10_000  # versions of objects below the prefix of one job: S3 lists 1,000 in about 0.1 s


class JobOutputs(Struct, frozen=True, kw_only=True):
    """All objects below the prefix of a job: a hash of key, version, ETag and size of each, and their bytes."""

    hash: str
    size: int


def read_index(s3: Any, bucket: str, model: str) -> ReuseIndex:
    """Return the reuse index of a model; an empty one if there is none, or if this pushtrain cannot read it."""
    key = build_reuse_key(model)
    return _parse_index(read_with_etag(s3, bucket, key)[0], build_uri(bucket, key))


def add_jobs(s3: Any, bucket: str, model: str, jobs: Iterable[ReusableJob], runs: Iterable[FinishedRun] = ()) -> None:
    """Add jobs and runs to the reuse index of a model.

    Raises StorageConflict if other runs of the model wrote the index each time.
    """
    added_jobs, added_runs = tuple(jobs), tuple(runs)
    _change_index(s3, bucket, model, lambda index: index.add(added_jobs, added_runs))


def remove_runs(s3: Any, bucket: str, model: str, runs: Container[str]) -> None:
    """Remove runs that are about to be deleted, and their jobs, from the reuse index. Raises StorageConflict."""
    _change_index(s3, bucket, model, lambda index: index.remove(runs))


def _change_index(s3: Any, bucket: str, model: str, change: Callable[[ReuseIndex], ReuseIndex]) -> None:
    key = build_reuse_key(model)
    change_document(s3, bucket, key, lambda document: _parse_index(document, build_uri(bucket, key)), change)


def hash_outputs(s3: Any, bucket: str, prefix: str) -> str | None:
    """Return the hash of `measure_outputs`; None if the outputs cannot be reused."""
    outputs = measure_outputs(s3, bucket, prefix)
    return outputs.hash if outputs else None


def measure_outputs(s3: Any, bucket: str, prefix: str) -> JobOutputs | None:
    """Return hash and size of all objects below the prefix of a job.

    None if the outputs cannot be reused: there are none or too many, or something was written or deleted twice, so that
    nobody can say what the job wrote.
    """
    pages = s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=f"{prefix}/")
    entries = (entry for page in pages for entry in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())))
    versions = list(islice(entries, MAX_OUTPUTS + 1))
    keys = {version["Key"] for version in versions}
    if not versions or len(versions) > MAX_OUTPUTS or len(keys) < len(versions):
        return None
    if not all("ETag" in version for version in versions):  # a delete marker
        return None
    lines = [
        (version["Key"], version["VersionId"], version["ETag"].strip('"'), version["Size"]) for version in versions
    ]
    text = json.dumps(sorted(lines), ensure_ascii=False)
    return JobOutputs(hash=hash_text(text), size=sum(version["Size"] for version in versions))


def _parse_index(document: bytes, uri: str) -> ReuseIndex:
    return parse_document(ReuseIndex, document, uri, "no earlier result is reused")
