"""Look whether the inputs of a run are still there, and still the same. Reads S3 and ECR, changes nothing.

In: the record of a run. Out: each input with its state. It needs the files of the push in the code bucket, not the
model repo on disk.
"""

from __future__ import annotations

from importlib import metadata
from typing import Any

import msgspec

from pushtrain import aws
from pushtrain.config import load_config
from pushtrain.errors import IncompletePush, PushError, RegistryError
from pushtrain.hashes import hash_bytes
from pushtrain.launch.run_record import describe_steps
from pushtrain.layout import CONFIG, split_uri
from pushtrain.platform import Platform
from pushtrain.pushes.data_version import list_data
from pushtrain.pushes.event import Push
from pushtrain.pushes.revision import read_revision, read_source
from pushtrain.record import RecordedConfig, RecordedData, RunRecord
from pushtrain.registry import ModelVersion
from pushtrain.reproduction.inputs import ComparedInput, compare_data, compare_records
from pushtrain.runs import read_run_record

GONE_CODES = frozenset({"404", "NoSuchBucket", "NoSuchKey", "NoSuchVersion"})


def require_record(platform: Platform, version: ModelVersion) -> RunRecord:
    """Return the record of the run that registered a version. Raises RegistryError if it is gone."""
    record = read_run_record(platform, version.model, version.run) if version.run else None
    if record is None:
        run = f"run {version.run}" if version.run else "a run that is not known"
        raise RegistryError(
            f"{version.model} version {version.version} comes from {run}, which left no input.json. Without "
            "this record nobody knows what the version was built from, so it cannot be reproduced"
        )
    return record


def compare_inputs(platform: Platform, record: RunRecord) -> tuple[ComparedInput, ...]:
    """Return each input of a run with its state now. Raises ConfigError if config.yaml is no longer valid."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    s3 = aws.client("s3", platform.region)
    markers = {name: entry.marker for name, entry in record.data.items() if entry.marker}
    data = list_data(s3, record.data_uris, markers)
    try:
        return compare_records(record, _read_current(s3, platform, record, data))
    except ClientError as error:
        if error.response["Error"]["Code"] not in GONE_CODES:
            raise
        missing = ComparedInput(name=CONFIG, recorded=record.config.uri, state="gone", detail="not in the code bucket")
    except IncompletePush as error:
        missing = ComparedInput(name="code", recorded=record.revision[:12], state="gone", detail=str(error))
    except PushError as error:
        missing = ComparedInput(name="code", recorded=record.revision[:12], state="changed", detail=str(error))
    return (missing, *(compare_data(name, entry, data.get(name)) for name, entry in record.data.items()))


def _read_current(s3: Any, platform: Platform, record: RunRecord, data: dict[str, RecordedData]) -> RunRecord:
    """Return the record that a run of the same push would have now."""
    bucket, _ = split_uri(record.config.uri)
    push = Push(bucket=bucket, model=record.model, revision=record.revision, version=record.config.version)
    revision = read_revision(s3, push)
    config = load_config(revision.config, environment=platform.config_environment).config
    source = read_source(s3, revision, config, platform)
    current = msgspec.structs.replace(
        record,
        environment=platform.environment,
        code=source.uri,
        config=RecordedConfig(uri=record.config.uri, version=record.config.version, sha256=hash_bytes(revision.config)),
        data=data,
        pushtrain_version=metadata.version("pushtrain"),
    )
    return describe_steps(current, config, source, platform)
