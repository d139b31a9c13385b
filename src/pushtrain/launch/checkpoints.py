"""Checkpoints of an earlier run that did not finish a step -> the next run with the same step key continues them.

In: a run record. Out: the record with `resumed_from`. The document about a step lies below the model's own prefix, and
only handlers write it: a job of another model cannot offer checkpoints. One run takes them: it writes its name into the
document, with S3's condition that nobody has written meanwhile. A run whose step finished is never continued.
"""

from __future__ import annotations

from typing import Any

import msgspec

from pushtrain import aws
from pushtrain.hashes import fingerprint
from pushtrain.launch.state_machine import build_execution_arn
from pushtrain.layout import build_input_key, build_unfinished_key
from pushtrain.platform import Platform
from pushtrain.pushes.revision import object_exists
from pushtrain.record import RunRecord, UnfinishedStep
from pushtrain.reuse import ALL_STEPS

SETTING = "checkpoint"  # a step without it saves no checkpoints
RUNNING = frozenset({"RUNNING", "PENDING_REDRIVE"})


def resume_steps(s3: Any, record: RunRecord, platform: Platform, *, fresh: frozenset[str] = frozenset()) -> RunRecord:
    """Return the record with the steps that continue an earlier run, whose checkpoints are now taken.

    A step that is reused, or among `fresh`, continues nothing. A push that was delivered before keeps what its first
    delivery decided.
    """
    left_out = {*record.reused_jobs, *(record.parameters if ALL_STEPS in fresh else fresh)}
    steps = [step for step in list_checkpoint_steps(record) if step not in left_out]
    if not steps or object_exists(s3, platform.artifact_bucket, build_input_key(record.model, record.run)):
        return record
    taken = {step: _take(s3, record, step, platform) for step in steps}
    return msgspec.structs.replace(record, resumed_from={step: run for step, run in taken.items() if run})


def list_checkpoint_steps(record: RunRecord) -> list[str]:
    """Return the steps that save checkpoints and whose step key is known."""
    return [step for step, settings in record.parameters.items() if settings.get(SETTING) and record.step_keys[step]]


def build_document_key(record: RunRecord, step: str) -> str:
    """Return the key of the document about a step: of its model, its environment and its step key."""
    return build_unfinished_key(record.model, step, fingerprint(record.environment, record.step_keys[step] or ""))


def read_unfinished_step(
    s3: Any, record: RunRecord, step: str, platform: Platform
) -> tuple[UnfinishedStep | None, dict[str, str]]:
    """Return the document about a step, None if there is none, and the condition under which it may be replaced."""
    bucket, key = platform.artifact_bucket, build_document_key(record, step)
    if not object_exists(s3, bucket, key):
        return None, {"IfNoneMatch": "*"}
    response = s3.get_object(Bucket=bucket, Key=key)
    condition = {"IfMatch": response["ETag"]}
    try:
        return UnfinishedStep.from_json(response["Body"].read()), condition
    except ValueError:  # of another version of pushtrain: nobody continues, and the next end replaces it
        return None, condition


def write_unfinished_step(
    s3: Any, record: RunRecord, step: str, document: UnfinishedStep, condition: dict[str, str], platform: Platform
) -> bool:
    """Write the document about a step; False if another process has written it meanwhile."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    key, body = build_document_key(record, step), document.to_json().encode()
    try:
        s3.put_object(Bucket=platform.artifact_bucket, Key=key, Body=body, **condition)
    except ClientError as error:
        if error.response["Error"]["Code"] not in aws.CONFLICT_CODES:
            raise
        return False
    return True


def _take(s3: Any, record: RunRecord, step: str, platform: Platform) -> str:
    """Take the checkpoints of a step. Return the run in whose folder they lie; empty if there are none to continue.

    If S3 refuses to write, another run was faster, or S3's answer to this one was lost: then its name is there.
    """
    taken, condition = find_checkpoints(s3, record, step, platform)
    if taken is None:
        return ""
    if not write_unfinished_step(s3, record, step, taken, condition, platform):
        taken, _ = read_unfinished_step(s3, record, step, platform)
    is_own = taken is not None and taken.taken_by == record.run
    return (taken.checkpoints or "") if taken and is_own else ""


def find_checkpoints(
    s3: Any, record: RunRecord, step: str, platform: Platform
) -> tuple[UnfinishedStep | None, dict[str, str]]:
    """Return the document about a step as it is when the run has taken the checkpoints, None if it cannot take any.

    The other value is the condition under which the document may be written.
    """
    document, condition = read_unfinished_step(s3, record, step, platform)
    taken = document.take(record.run) if document else None
    if document is None or taken is None or _is_running(record.model, document.runs[-1], platform):
        return None, condition
    return taken, condition


def _is_running(model: str, run: str, platform: Platform) -> bool:
    """Return True if a run goes on: somebody has redriven it."""
    states = aws.client("stepfunctions", platform.region)
    try:
        described = states.describe_execution(executionArn=build_execution_arn(platform, model, run))
    except states.exceptions.ExecutionDoesNotExist:
        return False
    return described["status"] in RUNNING
