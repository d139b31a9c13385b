"""The run result in S3: build it from a run that has ended, write result.json, read it back.

In: a Run, as read from Step Functions and SageMaker. Out: a RunResult. It is built from facts that do not change after
the end, so a second event about the same end writes the same document again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pushtrain import aws
from pushtrain.catalog.job_fields import is_spot, read_image, read_instances
from pushtrain.cost import ActualCost, add_costs
from pushtrain.layout import build_result_key, build_uri, build_verdict_key, split_uri
from pushtrain.platform import Platform
from pushtrain.pushes.data_version import list_data
from pushtrain.record import RecordedCandidate, RecordedCost, RecordedJob, RecordedTimes, RunRecord, RunResult
from pushtrain.runs.cost import compute_job_costs
from pushtrain.runs.evaluation import read_object, read_run_record
from pushtrain.runs.model import Job, Run, RunCandidate
from pushtrain.runs.outputs import find_job_folder, list_output_uris
from pushtrain.runs.packages import read_packages
from pushtrain.runs.read import parse_json_object

FINAL_STATUSES = frozenset({"Completed", "Failed", "Stopped"})  # of SageMaker's jobs
COST_DIGITS = 4  # after the decimal point: short jobs cost less than a cent
JSON = "application/json"


def build_run_result(platform: Platform, run: Run) -> RunResult:
    """Return the result of a run that has ended.

    If the run was stopped, its last job may still be stopping. Its cost is then unknown, and so is the run's.
    """
    costs = _compute_costs(platform, run)
    record = read_run_record(platform, run.model, run.run)
    data_after = _list_data_after(platform, run, record)
    return RunResult(
        run=run.run,
        model=run.model,
        status=run.status,
        outcome=run.outcome,
        reason=run.error.reason if run.error else run.reason,
        failed_step=run.error.step if run.error else None,
        model_version=run.model_version,
        model_package=run.model_package or None,
        definition_version=run.definition_version,
        redrives=run.redrives,
        times=_build_times(run.started, run.seconds),
        seconds=run.seconds,
        jobs=tuple(_build_job(platform, job, costs.get(job.name), record) for job in run.jobs),
        verdict=read_verdict_document(platform, run.model, run.run),
        cost=_build_cost(add_costs(costs.values())),
        data_after=data_after,
        data_changed=_list_changed_data(record, data_after),
        candidates=tuple(_build_candidate(candidate, run, costs) for candidate in run.candidates),
    )


def write_run_result(platform: Platform, result: RunResult) -> str:
    """Write result.json, and return its S3 URI."""
    key = build_result_key(result.model, result.run)
    body = result.to_json().encode()
    s3 = aws.client("s3", platform.region)
    s3.put_object(Bucket=platform.artifact_bucket, Key=key, Body=body, ContentType=JSON)
    return build_uri(platform.artifact_bucket, key)


def read_run_result(platform: Platform, model: str, run: str, s3: Any = None) -> RunResult | None:
    """Return the result of a run; None if there is none, or if this version of pushtrain cannot read it."""
    document = read_object(platform, build_uri(platform.artifact_bucket, build_result_key(model, run)), s3=s3)
    try:
        return RunResult.from_json(document)
    except ValueError:
        return None


def read_verdict_document(platform: Platform, model: str, run: str) -> Mapping[str, Any] | None:
    """Return the document verdict.json of a run; None if the run wrote none."""
    document = read_object(platform, build_uri(platform.artifact_bucket, build_verdict_key(model, run)))
    verdict = parse_json_object(document.decode()) if document else None
    return verdict or None


def _list_data_after(platform: Platform, run: Run, record: RunRecord | None) -> Mapping[str, str | None]:
    """Return the version of each data entry whose version was known at the start.

    A second event about the same end returns what the first one found: data may change later.
    """
    earlier = read_run_result(platform, run.model, run.run)
    if earlier and earlier.redrives == run.redrives:
        return earlier.data_after
    uris = {name: entry.uri for name, entry in record.data.items() if entry.version} if record else {}
    markers = {name: entry.marker for name, entry in record.data.items() if entry.marker} if record else {}
    listed = list_data(aws.client("s3", platform.region), uris, markers) if uris else {}
    return {name: entry.version for name, entry in listed.items()}


def _list_changed_data(record: RunRecord | None, data_after: Mapping[str, str | None]) -> tuple[str, ...]:
    before = {name: entry.version for name, entry in record.data.items()} if record else {}
    return tuple(name for name, version in data_after.items() if version and version != before.get(name))


def _compute_costs(platform: Platform, run: Run) -> dict[str, ActualCost | None]:
    """Return what each job cost, by its name. A run on this computer has no known cost: its jobs have no price."""
    if platform.local_option:
        return {}
    costs = compute_job_costs(platform, run.jobs)
    return costs | {job.name: None for job in run.jobs if job.name in costs and job.status not in FINAL_STATUSES}


def _build_job(platform: Platform, job: Job, cost: ActualCost | None, record: RunRecord | None) -> RecordedJob:
    instances = read_instances(job.described)
    prefix = split_uri(find_job_folder(job.kind, job.described))[1] or None
    packages = read_packages(platform, job, prefix)
    image = read_image(job.described)
    digest = record.image_digests.get(image) if record else None
    return RecordedJob(
        step=job.step,
        kind=job.kind.name,
        name=job.name,
        status=job.status,
        seconds=job.seconds,
        times=_build_times(job.started, job.seconds),
        reason=job.reason,
        instance=instances.get("InstanceType"),
        instances=instances.get("InstanceCount"),
        spot=is_spot(job.described),
        image=image or None,
        image_digest=digest.digest if digest else None,
        prefix=prefix,
        outputs=list_output_uris(job.kind, job.described),
        cost=_build_cost(cost),
        packages=packages.all,
        added_packages=packages.added,
        trials=job.trials,
    )


def _build_candidate(candidate: RunCandidate, run: Run, costs: Mapping[str, ActualCost | None]) -> RecordedCandidate:
    jobs = candidate.select_jobs(run.jobs)
    return RecordedCandidate(
        name=candidate.name,
        steps=candidate.steps,
        rank=candidate.rank,
        value=candidate.value,
        reason=candidate.reason,
        metrics=candidate.metrics,
        seconds=candidate.seconds,
        cost=_build_cost(add_costs(costs[job.name] for job in jobs if job.name in costs)),
    )


def _build_times(started: float, seconds: float) -> RecordedTimes:
    """Return start and end, both unknown for a job that was never created. `started` is epoch seconds."""
    if not started:
        return RecordedTimes(started=None, ended=None)
    return RecordedTimes(started=_format_time(started), ended=_format_time(started + seconds))


def _format_time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")


def _build_cost(cost: ActualCost | None) -> RecordedCost | None:
    if cost is None:
        return None
    amount = round(cost.money.amount, COST_DIGITS).normalize()
    return RecordedCost(amount=f"{amount:f}", currency=cost.money.currency, as_of=cost.as_of)
