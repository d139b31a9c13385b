"""Read and write in S3 which jobs of a model no run may reuse any more."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pushtrain.documents import read_with_etag, update_document
from pushtrain.layout import build_forgotten_key
from pushtrain.reuse.forgotten import MAX_BYTES, ForgottenJobs
from pushtrain.reuse.storage import read_index


def read_forgotten_jobs(s3: Any, bucket: str, model: str) -> ForgottenJobs:
    """Return the jobs of a model that are forgotten."""
    return _parse(read_with_etag(s3, bucket, build_forgotten_key(model), limit=MAX_BYTES)[0])


def forget_jobs(s3: Any, bucket: str, model: str, jobs: Iterable[str]) -> None:
    """Forget jobs of a model, by their names. Raises StorageConflict if others wrote the document each time."""
    names = tuple(jobs)
    reusable = {job.name for job in read_index(s3, bucket, model).jobs}

    def add(document: bytes) -> str:
        return _parse(document).add(names, reusable).to_json()

    key = build_forgotten_key(model)
    update_document(s3, bucket, key, add, limit=MAX_BYTES, remedy="Run the command again")


def _parse(document: bytes) -> ForgottenJobs:
    return ForgottenJobs.from_json(document) if document else ForgottenJobs()
