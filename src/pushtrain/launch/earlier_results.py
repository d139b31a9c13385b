"""Decide which steps of a run are reused from earlier runs, before anything starts. Reads S3.

A push without a step that has `cache` makes no calls. Otherwise there is one read of the model's reuse index; if a
job may be reused, one read of what is forgotten, and one listing of the outputs of each such job. If a run would only
repeat an earlier one, none starts.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec

from pushtrain.config import list_steps
from pushtrain.platform import Platform
from pushtrain.record import RunRecord
from pushtrain.reuse import (
    CHANGED_OUTPUTS,
    FORGOTTEN,
    ForgottenJobs,
    ReusableJob,
    ReuseRequest,
    StepKey,
    build_run_key,
    decide_reuse,
    find_same_run,
    hash_outputs,
    read_forgotten_jobs,
    read_index,
)

if TYPE_CHECKING:
    from pushtrain.config import Config


def find_earlier_results(
    s3: Any,
    config: Config,
    record: RunRecord,
    platform: Platform,
    *,
    definition: str,
    fresh: Iterable[str] = (),
    allow_same: bool = False,
) -> RunRecord:
    """Return the record with the decision for each step with `cache`, and the earlier run that it would only repeat.

    `fresh` are steps that must run, or ALL_STEPS. With `allow_same` a run starts, whatever it repeats.
    """
    if not any(step.is_cached for step in record.steps.values()):
        return record
    bucket = platform.artifact_bucket
    index = read_index(s3, bucket, record.model)

    @cache
    def read_forgotten() -> ForgottenJobs:
        return read_forgotten_jobs(s3, bucket, record.model)

    def find_fault(job: ReusableJob) -> str:
        if job.name in read_forgotten():
            return FORGOTTEN
        return "" if hash_outputs(s3, bucket, job.prefix) == job.outputs else CHANGED_OUTPUTS

    decisions = decide_reuse(
        list_steps(config),
        {name: StepKey(key=record.step_keys[name], parts=step.parts) for name, step in record.steps.items()},
        index,
        ReuseRequest(environment=record.environment, now=datetime.now(UTC), fresh=frozenset(fresh)),
        find_fault=find_fault,
    )
    record = msgspec.structs.replace(record, reuse=decisions, run_key=build_run_key(record, definition))
    return msgspec.structs.replace(record, same_as=None if allow_same else find_same_run(record, index))
