"""Runs as Step Functions, SageMaker and evaluation.json tell of them. Changes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from pushtrain import aws
from pushtrain.errors import RunFailed
from pushtrain.machine import execution_arn, machine_arn
from pushtrain.platform import Platform
from pushtrain.runs.evaluation import read_evaluation
from pushtrain.runs.failure import explain
from pushtrain.runs.logs import last_lines
from pushtrain.runs.metrics import flat_metrics
from pushtrain.runs.model import FAILED, Job, Run
from pushtrain.workflow import names

KINDS = {"createProcessingJob": "Processing", "createTrainingJob": "Training"}


def list_runs(platform: Platform, model: str | None = None, limit: int = 100) -> list[Run]:
    """The newest `limit` runs of a model, or of all models of the platform, oldest first; without jobs and metrics."""
    states = aws.client("stepfunctions", platform.region)
    found = sorted(_executions(states, platform, model), key=lambda each: (each[1]["startDate"], each[1]["name"]))
    return [_listed(states, name, item) for name, item in found[-limit:]]


def newest_run(platform: Platform, model: str) -> str:
    """The run of a model that was started last, empty when it never ran."""
    states = aws.client("stepfunctions", platform.region)
    for _, arn in _machines(states, platform, model):
        try:
            found = states.list_executions(stateMachineArn=arn, maxResults=1)["executions"]  # newest first
        except states.exceptions.StateMachineDoesNotExist:
            continue
        return str(found[0]["name"]) if found else ""
    return ""


def show_run(platform: Platform, model: str, run: str) -> Run:
    """One run with its jobs, metrics and failure. Raises RunFailed when there is no such run."""
    states = aws.client("stepfunctions", platform.region)
    arn = execution_arn(platform, model, run)
    try:
        described = states.describe_execution(executionArn=arn)
    except (states.exceptions.ExecutionDoesNotExist, states.exceptions.InvalidArn) as error:
        raise RunFailed(f"{model}: there is no run {run!r}. `runs list` shows them") from error
    events = list(_history(states, arn))
    sagemaker = aws.client("sagemaker", platform.region)
    jobs = tuple(_job(sagemaker, step, kind, name) for step, kind, name in _jobs_in(events))
    output = json.loads(described.get("output") or "{}")
    evaluation = _evaluation(platform, model, run, jobs)
    return Run(
        **_head(model, described),
        outcome=_outcome(described["status"], output),
        model_version=_version(output),
        model_package=output.get("model_package", ""),
        reason=output.get("reason", ""),
        jobs=jobs,
        metrics=flat_metrics(evaluation),
        error=explain(described, events, jobs, evaluation, lambda job: last_lines(platform, job)),
        input=json.loads(described.get("input") or "{}"),
    )


def find_run(platform: Platform, text: str) -> Run:
    """The run whose id begins with `text`. Raises RunFailed when there is none or more than one."""
    states = aws.client("stepfunctions", platform.region)
    found = [(model, item["name"]) for model, item in _executions(states, platform) if item["name"].startswith(text)]
    if len(found) != 1:
        known = ", ".join(name for _, name in found[:5])
        said = f"more than one run begins with {text!r}: {known}" if found else f"there is no run {text!r}"
        raise RunFailed(f"{said}. `runs list` shows them")
    return show_run(platform, *found[0])


def _machines(states: Any, platform: Platform, model: str | None) -> list[tuple[str, str]]:
    """(model, ARN) of the platform's state machines; the model's name is what follows the prefix."""
    if model:
        return [(model, machine_arn(platform, model))]
    pages = states.get_paginator("list_state_machines").paginate()
    found = [machine for page in pages for machine in page["stateMachines"]]
    head = f"{platform.prefix}-"
    return [
        (item["name"].removeprefix(head), item["stateMachineArn"]) for item in found if item["name"].startswith(head)
    ]


def _executions(states: Any, platform: Platform, model: str | None = None) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """(model, summary) of every execution; none for a model that never ran."""
    for name, arn in _machines(states, platform, model):
        try:
            for page in states.get_paginator("list_executions").paginate(stateMachineArn=arn):
                yield from ((name, item) for item in page["executions"])
        except states.exceptions.StateMachineDoesNotExist:
            continue


def _listed(states: Any, model: str, item: Mapping[str, Any]) -> Run:
    """Only the output tells whether a run that ended well registered its model."""
    output = {}
    if item["status"] == "SUCCEEDED":
        output = json.loads(states.describe_execution(executionArn=item["executionArn"]).get("output") or "{}")
    outcome = _outcome(item["status"], output)
    return Run(**_head(model, item), outcome=outcome, model_version=_version(output), reason=output.get("reason", ""))


def _head(model: str, described: Mapping[str, Any]) -> dict[str, Any]:
    started = described["startDate"].timestamp()
    stopped = described.get("stopDate") or datetime.now(UTC)
    seconds = stopped.timestamp() - started
    return {
        "model": model,
        "run": described["name"],
        "status": described["status"],
        "started": started,
        "seconds": round(seconds, 3),
    }


def _outcome(status: str, output: Mapping[str, Any]) -> str:
    return "failed" if status in FAILED else str(output.get("outcome", ""))


def _version(output: Mapping[str, Any]) -> int | None:
    arn = output.get("model_package")
    return int(arn.rpartition("/")[2]) if arn else None


def _history(states: Any, arn: str) -> Iterator[dict[str, Any]]:
    for page in states.get_paginator("get_execution_history").paginate(executionArn=arn):
        yield from page["events"]


def _jobs_in(events: list[dict[str, Any]]) -> Iterator[tuple[str, str, str]]:
    """(step, kind, job name) of every job the history tells of, retries and redrives included, in order."""
    state = ""
    for event in events:
        state = event.get("stateEnteredEventDetails", {}).get("name", state)
        scheduled = event.get("taskScheduledEventDetails", {})
        kind = KINDS.get(scheduled.get("resource", "").removesuffix(".sync"))
        if kind:
            yield state, kind, json.loads(scheduled["parameters"])[f"{kind}JobName"]


def _job(sagemaker: Any, step: str, kind: str, name: str) -> Job:
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    describe = sagemaker.describe_training_job if kind == "Training" else sagemaker.describe_processing_job
    try:
        found = describe(**{f"{kind}JobName": name})
    except ClientError as error:
        if error.response["Error"]["Code"] not in {"ValidationException", "ResourceNotFound"}:
            raise
        # the request was refused, so there never was a job of that name
        return Job(step=step, name=name, kind=kind, status="NotCreated", seconds=0.0)
    began = found.get(f"{kind}StartTime") or found["CreationTime"]
    ended = found.get(f"{kind}EndTime") or found["LastModifiedTime"]
    seconds = round((ended - began).total_seconds(), 3)
    reason = found.get("FailureReason") or found.get("ExitMessage") or ""
    return Job(
        step=step,
        name=name,
        kind=kind,
        status=found[f"{kind}JobStatus"],
        seconds=seconds,
        started=began.timestamp(),
        limit=found.get("StoppingCondition", {}).get("MaxRuntimeInSeconds", 0),
        reason=reason,
        described=found,
    )


def _evaluation(platform: Platform, model: str, run: str, jobs: tuple[Job, ...]) -> object:
    """evaluation.json of the run's last completed evaluate job, an empty mapping without one."""
    made = [job for job in jobs if job.step == "evaluate" and job.status == "Completed"]
    if not made:
        return {}
    uri = names.artifact(platform, model, "runs", run, "evaluation", made[-1].name, "evaluation.json")
    return read_evaluation(platform, uri)
