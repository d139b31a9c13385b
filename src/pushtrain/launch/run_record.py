"""The run record of a push: built from the push, written once, read back when the push is delivered again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import metadata
from typing import Any

import msgspec

from pushtrain.catalog.images import NoImage
from pushtrain.catalog.job_kinds import TRANSFORM
from pushtrain.config import Config, Step, list_steps, select_variant
from pushtrain.errors import PushError
from pushtrain.hashes import hash_bytes
from pushtrain.launch.image_digests import find_digests
from pushtrain.launch.step_files import find_step_files
from pushtrain.layout import CONFIG, build_input_key, build_uri
from pushtrain.platform import Platform
from pushtrain.pushes.revision import Revision, SourceArchive
from pushtrain.record import UNKNOWN, CandidateSteps, RecordedConfig, RecordedData, RecordedGit, RecordedStep, RunRecord
from pushtrain.reuse import (
    ReadableFiles,
    StepContent,
    StepKey,
    build_step_keys,
    build_version_key,
    select_settings,
)
from pushtrain.workflow.inference import find_serving_image
from pushtrain.workflow.jobs import find_image
from pushtrain.workflow.names import build_run_id

EXECUTION_INPUT_LIMIT = 64 * 1024  # bytes; StartExecution takes 256 KiB, and results of the jobs share the same limit


def build_run_record(
    config: Config, revision: Revision, source: SourceArchive, data: Mapping[str, RecordedData], platform: Platform
) -> RunRecord:
    """Return the record of a push's run, with no step reused. `data` are the data entries as they are now, by name."""
    push, git = revision.push, revision.git
    record = RunRecord(
        run=build_run_id(push.revision, push.version),
        model=config.model,
        revision=push.revision,
        environment=platform.environment,
        code=source.uri,
        config=RecordedConfig(
            uri=build_uri(push.bucket, push.prefix + CONFIG),
            version=push.version,
            sha256=hash_bytes(revision.config),
        ),
        data=data,
        git=RecordedGit(
            commit=git.commit or UNKNOWN,
            repository=git.repository or UNKNOWN,
            dirty=git.dirty,
            author=git.author or UNKNOWN,
        ),
        pushed_by=push.by or UNKNOWN,
        trigger="reproduce" if revision.reproduces else "push",
        reproduces=revision.reproduces,
        pushtrain_version=metadata.version("pushtrain"),
        experiment=platform.experiment,
    )
    return describe_steps(record, config, source, platform).with_metadata()


def describe_steps(record: RunRecord, config: Config, source: SourceArchive, platform: Platform) -> RunRecord:
    """Return the record with everything that decides the results of its steps, and with their keys. Asks ECR."""
    steps = list_steps(config)
    images = {step.name: find_known_image(config, step, platform) for step in steps}
    digests = find_digests(images.values(), platform)
    readable = find_step_files(steps, source)
    content = StepContent(
        template=config.template,
        files={step: {path: source.files[path] for path in files.paths} for step, files in readable.items()},
        data={name: entry.identity for name, entry in record.data.items()},
        images=images,
        digests={uri: image.digest for uri, image in digests.items() if image.digest},
        runtime=platform.runtime,
    )
    keys = build_step_keys(steps, content)
    return msgspec.structs.replace(
        record,
        images=images,
        image_digests=digests,
        parameters={step.name: select_settings(step) for step in steps},
        step_keys={step: key.key for step, key in keys.items()},
        version_key=build_version_key(config, keys),
        files=source.files,
        template=config.template,
        runtime=platform.runtime,
        candidates=tuple(CandidateSteps(name=entry.name, steps=entry.run_steps) for entry in config.candidates),
        steps={step.name: _record_step(step, keys[step.name], readable[step.name], source) for step in steps},
    )


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


def _record_step(step: Step, key: StepKey, readable: ReadableFiles, source: SourceArchive) -> RecordedStep:
    return RecordedStep(
        cache=step.settings.cache,
        parts=key.parts,
        inputs={entry.name: str(entry.source) for entry in step.inputs},
        unread=tuple(sorted(source.files.keys() - readable.paths)),
        reads_all_because=readable.whole_repo_because,
    )


def check_size(record: RunRecord) -> None:
    """Raise PushError if the execution input would be too large."""
    size = len(serialize_execution_input(record).encode())
    if size > EXECUTION_INPUT_LIMIT:
        raise PushError(
            f"the input of the run's execution would have {size} bytes; {EXECUTION_INPUT_LIMIT} is the limit. "
            "Remove entries of `data` in config.yaml, or shorten their addresses"
        )


def find_known_image(config: Config, step: Step, platform: Platform) -> str | None:
    """Return the image URI of a step's job; None if AWS has no such image: then a template chooses another one."""
    try:
        if step.kind is TRANSFORM:
            return find_serving_image(select_variant(config, step.candidate), platform, step.settings.instance)
        return find_image(step.settings, platform)
    except NoImage:
        return None
