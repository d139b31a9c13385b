"""One run as Step Functions, SageMaker and evaluation.json tell of it. Changes nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from pushtrain import aws
from pushtrain.errors import RunNotFound
from pushtrain.launch.state_machine import build_execution_arn
from pushtrain.platform import Platform
from pushtrain.runs.evaluation import read_evaluation
from pushtrain.runs.failure import explain_failure
from pushtrain.runs.logs import read_last_lines
from pushtrain.runs.metrics import flatten_metrics
from pushtrain.runs.model import FAILED_STATUSES, Job, Run
from pushtrain.workflow import names

PACKAGE = re.compile(r"arn:[\w-]+:sagemaker:[\w-]+:\d+:model-package/[\w-]+/\d+")
KINDS = {"createProcessingJob": "Processing", "createTrainingJob": "Training"}


def read_run(platform: Platform, model: str, run: str) -> Run:
    """One run with its jobs, metrics and failure. Raises RunNotFound when there is no such run."""
    states = aws.client("stepfunctions", platform.region)
    arn = build_execution_arn(platform, model, run)
    try:
        described = states.describe_execution(executionArn=arn)
    except (states.exceptions.ExecutionDoesNotExist, states.exceptions.InvalidArn) as error:
        raise RunNotFound(
            f"{model}: there is no run {run!r}. `pushtrain runs list {model}{platform.cli_option}` shows them"
        ) from error
    events = list(_history(states, arn))
    sagemaker = aws.client("sagemaker", platform.region)
    jobs = tuple(_job(sagemaker, step, kind, name) for step, kind, name in _jobs_in(events))
    output = parse_json_object(described.get("output"))
    evaluation = _evaluation(platform, model, run, jobs)
    return Run(
        **summary_fields(model, described),
        **outcome_fields(described["status"], output),
        model_package=_package(output),
        jobs=jobs,
        metrics=flatten_metrics(evaluation),
        error=explain_failure(described, events, jobs, evaluation, lambda job: read_last_lines(platform, job)),
        input=parse_json_object(described.get("input")),
    )


def parse_json_object(text: str | None) -> Mapping[str, Any]:
    """Input or output of an execution. Who starts one by hand, and a template of one's own, may have it be anything."""
    found = json.loads(text or "{}")
    return found if isinstance(found, Mapping) else {}


def summary_fields(model: str, described: Mapping[str, Any]) -> dict[str, Any]:
    """What ListExecutions and DescribeExecution both tell of a run, as fields of a Run."""
    started = described["startDate"].timestamp()
    stopped = described.get("stopDate") or datetime.now(UTC)
    seconds = stopped.timestamp() - started
    return {
        "model": model,
        "run": described["name"],
        "status": described["status"],
        "started": started,
        "seconds": round(seconds, 3),
        "definition_version": _last_number(described.get("stateMachineVersionArn")),
        "redrives": described.get("redriveCount", 0),
    }


def outcome_fields(status: str, output: Mapping[str, Any]) -> dict[str, Any]:
    """What a run came to, by its output, as fields of a Run."""
    return {
        "outcome": "failed" if status in FAILED_STATUSES else str(output.get("outcome", "")),
        "model_version": _last_number(_package(output)),
        "reason": str(output.get("reason", "")),
    }


def _package(output: Mapping[str, Any]) -> str:
    """ARN of the version that was registered, empty for none."""
    found = str(output.get("model_package", ""))
    return found if PACKAGE.fullmatch(found) else ""


def _last_number(arn: str | None) -> int | None:
    """The version that ends the ARN of a model package, or of a version of a state machine."""
    return int(re.split("[:/]", arn)[-1]) if arn else None


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
    uri = names.build_artifact_uri(platform, model, "runs", run, "evaluation", made[-1].name, "evaluation.json")
    return read_evaluation(platform, uri)
