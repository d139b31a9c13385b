"""The jobs of an ended run that later runs may reuse: add them to the reuse index of the model. Calls S3.

The run itself is added if its steps all have `cache`: a push that would only repeat it need not start a run.
Only a run that succeeded without a redrive has such jobs, and only if its data stayed as they were. A job that
continued the checkpoints of an earlier run is none of them: its result depends on those too. A second event about the
same end changes nothing: the index keeps what the first one wrote.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pushtrain import aws
from pushtrain.platform import Platform
from pushtrain.record import RunRecord, RunResult
from pushtrain.reuse import FinishedRun, ReusableJob, add_jobs, hash_outputs
from pushtrain.runs.evaluation import read_run_record
from pushtrain.runs.model import Job, Run

COMPLETED = "Completed"


def write_reusable_jobs(platform: Platform, run: Run, result: RunResult) -> None:
    """Add a run, and the completed jobs of its steps with `cache`, to the index.

    Raises StorageConflict as `add_jobs` does.
    """
    record = read_run_record(platform, run.model, run.run)
    if record is None or not _is_reusable(record, result):
        return
    s3 = aws.client("s3", platform.region)
    names = _list_used_jobs(run, record)
    jobs = list(_list_reusable_jobs(s3, platform, run, record, result, names))
    runs = _list_finished_runs(record, result, names)
    if jobs or runs:
        add_jobs(s3, platform.artifact_bucket, run.model, jobs, runs)


def _is_reusable(record: RunRecord, result: RunResult) -> bool:
    has_cache = any(step.is_cached for step in record.steps.values())
    return has_cache and result.status == "SUCCEEDED" and not result.redrives and result.has_unchanged_data


def _list_used_jobs(run: Run, record: RunRecord) -> dict[str, str]:
    """Return the name of the job whose results the run used, by step: its own, or the one that it reused."""
    reused = {step: job.name for step, job in record.reused_jobs.items()}
    own = {step: job.result_name for step, job in _find_completed(run).items() if step in record.steps}
    return reused | own


def _find_completed(run: Run) -> dict[str, Job]:
    return {job.step: job for job in run.jobs if job.status == COMPLETED}


def _list_finished_runs(record: RunRecord, result: RunResult, names: Mapping[str, str]) -> list[FinishedRun]:
    """Return the run, if a later push may find that it would only repeat it."""
    if record.run_key is None or record.resumed_from or names.keys() != record.steps.keys() or not result.times.ended:
        return []
    finished = FinishedRun(
        key=record.run_key,
        environment=record.environment,
        run=record.run,
        ended=result.times.ended,
        outcome=result.outcome,
        model_version=result.model_version,
        jobs=dict(sorted(names.items())),
    )
    return [finished]


def _list_reusable_jobs(
    s3: Any, platform: Platform, run: Run, record: RunRecord, result: RunResult, names: Mapping[str, str]
) -> Iterator[ReusableJob]:
    prefixes = {job.name: job.prefix for job in result.jobs}
    completed = _find_completed(run)
    for name, step in record.steps.items():
        job, key = completed.get(name), record.step_keys.get(name)
        prefix = prefixes.get(job.name) if job else None
        if job is None or key is None or not prefix or not step.is_cached or name in record.resumed_from:
            continue
        sources = {first for first in (source.partition(".")[0] for source in step.inputs.values()) if first in names}
        outputs = hash_outputs(s3, platform.artifact_bucket, prefix)
        if outputs and result.times.ended:
            yield ReusableJob(
                step=name,
                key=key,
                parts=step.parts,
                environment=record.environment,
                run=run.run,
                name=job.result_name,
                arn=job.result_arn,
                prefix=prefix,
                sources={source: names[source] for source in sorted(sources)},
                ended=result.times.ended,
                outputs=outputs,
                cache=step.cache,
            )
