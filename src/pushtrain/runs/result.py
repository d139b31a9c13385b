"""The run result in S3: build it from a run that has ended, write result.json, read it back.

In: a Run, as read from Step Functions and SageMaker. Out: a RunResult. It is built from facts that do not change after
the end, so a second event about the same end writes the same document again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pushtrain import aws
from pushtrain.catalog.job_kinds import is_spot, read_image, read_instances, read_path
from pushtrain.cost import ActualCost, add_costs
from pushtrain.layout import build_result_key, build_uri, build_verdict_key, split_uri
from pushtrain.platform import Platform
from pushtrain.record import RecordedCost, RecordedJob, RecordedTimes, RunResult
from pushtrain.runs.cost import compute_job_costs
from pushtrain.runs.evaluation import read_object
from pushtrain.runs.model import Job, Run
from pushtrain.runs.read import parse_json_object

FINAL_STATUSES = frozenset({"Completed", "Failed", "Stopped"})  # of SageMaker's jobs
COST_DIGITS = 4  # after the decimal point: short jobs cost less than a cent
JSON = "application/json"


def build_run_result(platform: Platform, run: Run) -> RunResult:
    """Return the result of a run that has ended.

    If the run was stopped, its last job may still be stopping. Its cost is then unknown, and so is the run's.
    """
    costs = _compute_costs(platform, run)
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
        jobs=tuple(_build_job(job, costs.get(job.name)) for job in run.jobs),
        verdict=read_verdict_document(platform, run.model, run.run),
        cost=_build_cost(add_costs(costs.values())),
    )


def write_run_result(platform: Platform, result: RunResult) -> str:
    """Write result.json, and return its S3 URI."""
    key = build_result_key(result.model, result.run)
    body = result.to_json().encode()
    s3 = aws.client("s3", platform.region)
    s3.put_object(Bucket=platform.artifact_bucket, Key=key, Body=body, ContentType=JSON)
    return build_uri(platform.artifact_bucket, key)


def read_run_result(platform: Platform, model: str, run: str) -> RunResult | None:
    """Return the result of a run; None if there is none, or if this version of pushtrain cannot read it."""
    document = read_object(platform, build_uri(platform.artifact_bucket, build_result_key(model, run)))
    try:
        return RunResult.from_json(document)
    except ValueError:
        return None


def read_verdict_document(platform: Platform, model: str, run: str) -> Mapping[str, Any] | None:
    """Return the document verdict.json of a run; None if the run wrote none."""
    document = read_object(platform, build_uri(platform.artifact_bucket, build_verdict_key(model, run)))
    verdict = parse_json_object(document.decode()) if document else None
    return verdict or None


def _compute_costs(platform: Platform, run: Run) -> dict[str, ActualCost | None]:
    """Return what each job cost, by its name. A run on this computer has no known cost: its jobs have no price."""
    if platform == Platform.local(platform.environment):
        return {}
    costs = compute_job_costs(platform, run.jobs)
    return costs | {job.name: None for job in run.jobs if job.name in costs and job.status not in FINAL_STATUSES}


def _build_job(job: Job, cost: ActualCost | None) -> RecordedJob:
    instances = read_instances(job.described)
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
        image=read_image(job.described) or None,
        prefix=_find_prefix(job),
        outputs=_list_outputs(job),
        cost=_build_cost(cost),
    )


def _list_outputs(job: Job) -> dict[str, str]:
    """Return the S3 URIs of a job's outputs, by their names."""
    outputs = read_path(job.described, job.kind.outputs).get("Outputs", ())
    uris = {output["OutputName"]: output.get("S3Output", {}).get("S3Uri", "") for output in outputs}
    return {name: uri for name, uri in (uris | {"model": job.model_uri}).items() if uri}


def _find_prefix(job: Job) -> str | None:
    """Return the key of the folder that is named after the job and has its outputs; None if there is none."""
    folder = read_path(job.described, job.kind.outputs).get("S3OutputPath")  # of a training job
    uris = [f"{folder}/{job.name}"] if folder else [*_list_outputs(job).values()]
    before, name, _ = next(iter(uris), "").partition(f"/{job.name}")
    return split_uri(before + name)[1] if name else None


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
