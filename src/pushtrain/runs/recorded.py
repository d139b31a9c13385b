"""Find a run that Step Functions no longer has, in the documents that it left in S3. Changes nothing.

Step Functions keeps an execution for 90 days after its end; result.json and input.json stay.
In: the beginning of a run id. Out: a Run, as far as the documents tell, and its cost.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from msgspec import Struct

from pushtrain import aws
from pushtrain.catalog.job_kind import JobKind
from pushtrain.catalog.job_kinds import BY_NAME
from pushtrain.config.values.money import Money
from pushtrain.errors import RunNotFound
from pushtrain.layout import build_runs_prefix
from pushtrain.platform import Platform
from pushtrain.record import RecordedCandidate, RecordedJob, RecordedTimes, RunResult
from pushtrain.runs.evaluation import read_run_record, read_verdict
from pushtrain.runs.find import find_run, list_pointers
from pushtrain.runs.folders import list_folders, list_models
from pushtrain.runs.model import Failure, Job, Run, RunCandidate
from pushtrain.runs.result import read_run_result


class RecordedRun(Struct, frozen=True, kw_only=True):
    """A run as its documents have it. `cost` is None if it is not known. Its jobs have only their instances."""

    run: Run
    cost: Money | None


def find_recorded_run(platform: Platform, text: str) -> RecordedRun | None:
    """Return the run whose id starts with `text`; None if not exactly one has, or if it left no result.json."""
    s3 = aws.client("s3", platform.region)
    matches = list_pointers(platform, text) or [
        (model, run)
        for model in list_models(s3, platform)
        for run in list_folders(s3, platform, build_runs_prefix(model), text)
    ]
    result = read_run_result(platform, *matches[0]) if len(matches) == 1 else None
    return RecordedRun(run=_build_run(platform, result), cost=_read_cost(result)) if result else None


def find_run_or_recorded(platform: Platform, text: str) -> Run:
    """Return the run whose id starts with `text`, from its documents if Step Functions no longer has it.

    Raises RunNotFound if no run or more than one matches.
    """
    try:
        return find_run(platform, text)
    except RunNotFound:
        recorded = find_recorded_run(platform, text)
        if recorded is None:
            raise
        return recorded.run


def _build_run(platform: Platform, result: RunResult) -> Run:
    verdict = read_verdict(platform, result.model, result.run)
    record = read_run_record(platform, result.model, result.run)
    has_failed = result.outcome == "failed"
    return Run(
        model=result.model,
        run=result.run,
        status=result.status,
        started=_read_start(result.times),
        seconds=result.seconds,
        outcome=result.outcome,
        model_version=result.model_version,
        model_package=result.model_package or "",
        definition_version=result.definition_version,
        redrives=result.redrives,
        reason="" if has_failed else result.reason,
        jobs=tuple(_build_job(job) for job in result.jobs),
        metrics=dict(verdict.metrics) if verdict else {},
        error=Failure(step=result.failed_step or "", reason=result.reason) if has_failed else None,
        input=record.execution_input() if record else {},
        verdict=verdict,
        candidates=tuple(_build_candidate(candidate) for candidate in result.candidates),
    )


def _build_candidate(candidate: RecordedCandidate) -> RunCandidate:
    return RunCandidate(
        name=candidate.name,
        steps=candidate.steps,
        rank=candidate.rank,
        value=candidate.value,
        reason=candidate.reason,
        metrics=dict(candidate.metrics),
        seconds=candidate.seconds,
    )


def _build_job(job: RecordedJob) -> Job:
    kind = BY_NAME[job.kind]
    return Job(
        step=job.step,
        name=job.name,
        kind=kind,
        status=job.status,
        seconds=job.seconds,
        started=_read_start(job.times),
        reason=job.reason,
        described=_describe_instances(job, kind),
        trials=job.trials,
    )


def _describe_instances(job: RecordedJob, kind: JobKind) -> dict[str, Any]:
    """Return the instances of a job where a response of Describe has them."""
    described: dict[str, Any] = {"InstanceType": job.instance, "InstanceCount": job.instances} if job.instance else {}
    for member in reversed(kind.instances[len(kind.trial) :]):
        described = {member: described}
    described |= {kind.spot_member: True} if job.spot else {}
    for member in reversed(kind.trial):
        described = {member: described}
    return described


def _read_start(times: RecordedTimes) -> float:
    """Return the start in epoch seconds; 0 if it is not known."""
    return datetime.fromisoformat(times.started).timestamp() if times.started else 0.0


def _read_cost(result: RunResult) -> Money | None:
    return Money(amount=Decimal(result.cost.amount), currency=result.cost.currency) if result.cost else None
