"""Read one run from Step Functions, SageMaker and its verdict. Changes nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from pushtrain import aws
from pushtrain.catalog.job_fields import read_path
from pushtrain.catalog.job_kinds import TUNING
from pushtrain.decide import remove_job_files
from pushtrain.errors import RunNotFound
from pushtrain.launch.state_machine import build_execution_arn
from pushtrain.layout import EVALUATION_FILE
from pushtrain.platform import Platform
from pushtrain.runs.candidates import list_candidates
from pushtrain.runs.evaluation import read_metrics, read_verdict
from pushtrain.runs.failure import explain_failure
from pushtrain.runs.history import History, ScheduledJob
from pushtrain.runs.logs import read_last_lines
from pushtrain.runs.model import FAILED_STATUSES, Job, Run
from pushtrain.runs.trials import read_trials

PACKAGE = re.compile(r"arn:[\w-]+:sagemaker:[\w-]+:\d+:model-package/[\w-]+/\d+")


def read_run(platform: Platform, model: str, run: str) -> Run:
    """Return one run with its jobs, metrics and failure. Raises RunNotFound if it does not exist."""
    states = aws.client("stepfunctions", platform.region)
    arn = build_execution_arn(platform, model, run)
    try:
        described = states.describe_execution(executionArn=arn)
    except (states.exceptions.ExecutionDoesNotExist, states.exceptions.InvalidArn) as error:
        raise RunNotFound(
            f"{model}: there is no run {run!r}. `pushtrain runs list {model}{platform.cli_option}` shows them"
        ) from error
    events = list(read_events(states, arn))
    sagemaker = aws.client("sagemaker", platform.region)
    jobs = tuple(_read_job(sagemaker, job) for job in History(events).list_jobs())
    output = parse_json_object(described.get("output"))
    verdict, execution_input = read_verdict(platform, model, run), parse_json_object(described.get("input"))

    def read_log(job: Job) -> Sequence[str]:
        return read_last_lines(platform, job)

    candidates = list_candidates(execution_input, events, jobs, verdict, read_log)
    return Run(
        **summary_fields(model, described),
        **outcome_fields(described["status"], output),
        model_package=_find_package_arn(output),
        jobs=jobs,
        metrics=read_metrics(platform, verdict, find_evaluation_uri(jobs)),
        verdict=verdict,
        error=explain_failure(described, events, jobs, read_log, candidates),
        input=execution_input,
        candidates=candidates,
        left_models=History(events).list_left_models(),
    )


def parse_json_object(text: str | None) -> Mapping[str, Any]:
    """Parse the input or output of an execution; empty if it is not a JSON object.

    Someone who starts an execution by hand, or a custom template, may use any value.
    """
    document = json.loads(text or "{}")
    return document if isinstance(document, Mapping) else {}


def summary_fields(model: str, described: Mapping[str, Any]) -> dict[str, Any]:
    """Return fields of Run from a response of ListExecutions or DescribeExecution."""
    started = described["startDate"].timestamp()
    stopped = described.get("stopDate") or datetime.now(UTC)
    seconds = stopped.timestamp() - started
    return {
        "model": model,
        "run": described["name"],
        "status": described["status"],
        "started": started,
        "seconds": round(seconds, 3),
        "definition_version": _parse_version(described.get("stateMachineVersionArn")),
        "redrives": described.get("redriveCount", 0),
    }


def outcome_fields(status: str, output: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of Run that say how the run ended, from its status and output."""
    return {
        "outcome": "failed" if status in FAILED_STATUSES else str(output.get("outcome", "")),
        "model_version": _parse_version(_find_package_arn(output)),
        "reason": str(output.get("reason", "")),
    }


def _find_package_arn(output: Mapping[str, Any]) -> str:
    """Return the ARN of the version that was registered; empty if none."""
    arn = str(output.get("model_package", ""))
    return arn if PACKAGE.fullmatch(arn) else ""


def _parse_version(arn: str | None) -> int | None:
    """Return the version at the end of the ARN of a model package or a state machine version."""
    return int(re.split("[:/]", arn)[-1]) if arn else None


def read_events(states: Any, arn: str) -> Iterator[dict[str, Any]]:
    """Yield the events of an execution, oldest first."""
    for page in states.get_paginator("get_execution_history").paginate(executionArn=arn):
        yield from page["events"]


def _read_job(sagemaker: Any, scheduled: ScheduledJob) -> Job:
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    step, kind, name = scheduled.step, scheduled.kind, scheduled.name
    describe = getattr(sagemaker, kind.build_method("describe"))
    try:
        description = describe(**{kind.name_member: name})
    except ClientError as error:
        if error.response["Error"]["Code"] not in {"ValidationException", "ResourceNotFound"}:
            raise
        # SageMaker refused the request, so the job was never created
        return Job(step=step, name=name, kind=kind, status="NotCreated", seconds=0.0)
    start = description.get(kind.start_member) or description["CreationTime"]
    # DescribeTransformJob has no LastModifiedTime
    end = description.get(kind.end_member) or description.get("LastModifiedTime") or datetime.now(UTC)
    seconds = round((end - start).total_seconds(), 3)
    reason = description.get("FailureReason") or remove_job_files(description.get("ExitMessage", ""))
    trials = read_trials(sagemaker, description) if kind is TUNING else ()
    return Job(
        step=step,
        name=name,
        kind=kind,
        status=description[kind.status_member],
        seconds=seconds,
        started=start.timestamp(),
        limit=description.get("StoppingCondition", {}).get("MaxRuntimeInSeconds", 0),
        reason=reason,
        described=description,
        trials=trials,
    )


def find_evaluation_uri(jobs: Iterable[Job]) -> str:
    """Return the S3 URI of evaluation.json of the last completed job that writes one; empty if there is none."""
    uris = [uri for job in jobs if job.status == "Completed" and (uri := _find_job_evaluation(job))]
    return uris[-1] if uris else ""


def _find_job_evaluation(job: Job) -> str:
    """Return the S3 URI of a job's evaluation.json; empty if it has no output of that name."""
    outputs = read_path(job.described, job.kind.outputs).get("Outputs", ())
    from pushtrain.config import EVALUATION  # noqa: PLC0415 - the models of config.yaml are slow to import

    folders = (output["S3Output"]["S3Uri"] for output in outputs if output["OutputName"] == EVALUATION)
    return next((f"{folder.rstrip('/')}/{EVALUATION_FILE}" for folder in folders), "")
