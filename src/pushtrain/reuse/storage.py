"""Read and write the reuse index in the artifact bucket, and look at the outputs of jobs there. Calls S3."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from itertools import islice
from typing import Any

from pushtrain.aws import CONFLICT_CODES
from pushtrain.errors import StorageConflict
from pushtrain.hashes import hash_text
from pushtrain.layout import build_reuse_key, build_uri
from pushtrain.reuse.index import FinishedRun, ReusableJob, ReuseIndex

logger = logging.getLogger(__name__)

MAX_OUTPUTS = 10_000  # versions of objects below the prefix of one job: S3 lists 1,000 in about 0.1 s
ATTEMPTS = 5  # each time another run of the model may have ended at the same moment


def read_index(s3: Any, bucket: str, model: str) -> ReuseIndex:
    """Return the reuse index of a model; an empty one if there is none, or if this pushtrain cannot read it."""
    return _read_index(s3, bucket, model)[0]


def add_jobs(s3: Any, bucket: str, model: str, jobs: Iterable[ReusableJob], runs: Iterable[FinishedRun] = ()) -> None:
    """Add jobs and runs to the reuse index of a model.

    Raises StorageConflict if other runs of the model wrote the index each time.
    """
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    added_jobs, added_runs, key = tuple(jobs), tuple(runs), build_reuse_key(model)
    for _ in range(ATTEMPTS):
        index, etag = _read_index(s3, bucket, model)
        condition = {"IfMatch": etag} if etag else {"IfNoneMatch": "*"}
        try:
            body = index.add(added_jobs, added_runs).to_json().encode()
            s3.put_object(Bucket=bucket, Key=key, Body=body, **condition)
        except ClientError as error:
            if error.response["Error"]["Code"] not in CONFLICT_CODES:
                raise
        else:
            return
    raise StorageConflict(
        f"{build_uri(bucket, key)} was written by other runs {ATTEMPTS} times while this run was added to it. Deliver "
        "the event again"
    )


def hash_outputs(s3: Any, bucket: str, prefix: str) -> str | None:
    """Return a hash of key, version, ETag and size of all objects below the prefix of a job.

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
    return hash_text(json.dumps(sorted(lines), ensure_ascii=False))


def _read_index(s3: Any, bucket: str, model: str) -> tuple[ReuseIndex, str]:
    """Return the index and its ETag; the ETag is empty if there is no document."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    key = build_reuse_key(model)
    try:
        response = s3.get_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchKey":
            raise
        return ReuseIndex(), ""
    etag: str = response["ETag"]
    try:
        return ReuseIndex.from_json(response["Body"].read()), etag
    except ValueError as error:
        logger.warning("%s", f"{build_uri(bucket, key)} cannot be read, so no earlier result is reused: {error}")
        return ReuseIndex(), etag
