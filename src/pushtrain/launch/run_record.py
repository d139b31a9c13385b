"""The run record of a push: built from the push, written once, read back when the push is delivered again."""

from __future__ import annotations

import json
from importlib import metadata
from typing import Any

from pushtrain.config import Config
from pushtrain.errors import PushError
from pushtrain.hashes import hash_bytes
from pushtrain.layout import CONFIG, build_input_key, build_uri
from pushtrain.platform import Platform
from pushtrain.pushes.revision import Revision
from pushtrain.record import UNKNOWN, RecordedConfig, RecordedGit, RunRecord
from pushtrain.workflow.names import build_run_id

EXECUTION_INPUT_LIMIT = 64 * 1024  # bytes; StartExecution takes 256 KiB, and results of the jobs share the same limit


def build_run_record(config: Config, revision: Revision, source: str, platform: Platform) -> RunRecord:
    """Return the record of a push's run. `source` is the S3 URI of the code archive.

    Raises PushError if the execution input would be too large.
    """
    push, git = revision.push, revision.git
    record = RunRecord(
        run=build_run_id(push.revision, push.version),
        model=config.model,
        revision=push.revision,
        environment=platform.environment,
        code=source,
        config=RecordedConfig(
            uri=build_uri(push.bucket, push.prefix + CONFIG),
            version=push.version,
            sha256=hash_bytes(revision.config),
        ),
        data={name: _build_data_uri(config, revision, name) for name in config.data},
        git=RecordedGit(
            commit=git.commit or UNKNOWN,
            repository=git.repository or UNKNOWN,
            dirty=git.dirty,
            author=git.author or UNKNOWN,
        ),
        pushed_by=push.by or UNKNOWN,
        trigger="push",
        pushtrain_version=metadata.version("pushtrain"),
    ).with_metadata()
    _check_size(record)
    return record


def save_run_record(s3: Any, record: RunRecord, platform: Platform) -> tuple[RunRecord, bool]:
    """Write the record as input.json. Return it and True, or the one that an earlier delivery wrote and False.

    Raises PushError if the earlier one cannot be read.
    """
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    bucket, key = platform.artifact_bucket, build_input_key(record.model, record.run)
    try:
        s3.put_object(Bucket=bucket, Key=key, Body=record.to_json().encode(), IfNoneMatch="*")
    except ClientError as error:
        if error.response["Error"]["Code"] != "PreconditionFailed":
            raise
        return _read_earlier(s3, bucket, key), False
    return record, True


def serialize_execution_input(record: RunRecord) -> str:
    """Return the execution input as JSON. The same record gives the same text."""
    return json.dumps(record.execution_input(), ensure_ascii=False, sort_keys=True)


def _read_earlier(s3: Any, bucket: str, key: str) -> RunRecord:
    document: bytes = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    try:
        return RunRecord.from_json(document)
    except ValueError as error:
        raise PushError(
            f"an earlier delivery of this push wrote {build_uri(bucket, key)}, which this version of pushtrain cannot "
            f"read: {error}. Start a new run with `pushtrain push --again`"
        ) from error


def _check_size(record: RunRecord) -> None:
    size = len(serialize_execution_input(record).encode())
    if size > EXECUTION_INPUT_LIMIT:
        raise PushError(
            f"the input of the run's execution would have {size} bytes; {EXECUTION_INPUT_LIMIT} is the limit. "
            "Remove entries of `data` in config.yaml, or shorten their addresses"
        )


def _build_data_uri(config: Config, revision: Revision, name: str) -> str:
    """Return the S3 URI of a data entry: the one in config.yaml, else that of its path in the pushed revision."""
    source = config.data[name]
    if source.s3:
        return source.s3
    path = (source.local or "").rstrip("/")
    folder = "" if path in revision.sizes else "/"
    return build_uri(revision.push.bucket, f"{revision.push.prefix}{path}{folder}")
