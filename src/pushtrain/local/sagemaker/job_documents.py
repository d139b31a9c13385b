"""The documents of a SageMaker job: its record in the store, and what Describe answers at each moment.

In: a Create request and, in the end, the outcome. Out: plain dicts, times in epoch seconds. No clock but `time.time`,
no threads, no disk. Shapes: botocore's DescribeTrainingJobResponse and DescribeProcessingJobResponse.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pushtrain.local.events import JobKind

if TYPE_CHECKING:
    from pushtrain.local.container.jobs import JobResult

NAME = {"training": "TrainingJobName", "processing": "ProcessingJobName"}
ARN = {"training": "TrainingJobArn", "processing": "ProcessingJobArn"}
STATUS = {"training": "TrainingJobStatus", "processing": "ProcessingJobStatus"}
START = {"training": "TrainingStartTime", "processing": "ProcessingStartTime"}
END = {"training": "TrainingEndTime", "processing": "ProcessingEndTime"}
OPERATION = {"training": "CreateTrainingJob", "processing": "CreateProcessingJob"}
ENDED = frozenset({"Completed", "Failed", "Stopped"})
FAILURE_LIMIT = 1024  # characters: FailureReason and ExitMessage of the API model
LOST = "The process that ran this job on this machine ended before the job did."


def key(kind: JobKind, name: str) -> str:
    """The job's key in the store: training and processing jobs have names of their own."""
    return f"{kind}/{name}"


def new_record(kind: JobKind, request: Mapping[str, Any], *, account: str, region: str) -> dict[str, Any]:
    """A job that was just accepted: InProgress, Starting."""
    name, now = request[NAME[kind]], time.time()
    arn = f"arn:aws:sagemaker:{region}:{account}:{kind}-job/{name}"
    described = {member: value for member, value in request.items() if member != "Tags"}
    described |= {ARN[kind]: arn, STATUS[kind]: "InProgress", "CreationTime": now, "LastModifiedTime": now}
    record = {"kind": kind, "name": name, "arn": arn, "region": region, "request": dict(request), "describe": described}
    if kind == "training":
        for switch in ("NetworkIsolation", "InterContainerTrafficEncryption", "ManagedSpotTraining"):
            described.setdefault(f"Enable{switch}", False)
        _secondary(record, "Starting", "Preparing this machine")
    return record


def taken(record: Mapping[str, Any]) -> str:
    """The message for a job name that is used already."""
    return f"Job name must be unique within an AWS account and region: {record['arn']} exists already"


def training(record: dict[str, Any]) -> dict[str, Any]:
    """The job's script is about to run."""
    record["describe"][START[record["kind"]]] = time.time()
    return _secondary(record, "Training", "Running the script")


def stopping(record: dict[str, Any]) -> dict[str, Any]:
    """Somebody asked the job to stop."""
    record["describe"][STATUS[record["kind"]]] = "Stopping"
    return _secondary(record, "Stopping", "Stopping the script")


def ended(record: dict[str, Any], result: JobResult) -> None:
    """The job ended as `result` says."""
    _close(record, result.status, result.secondary_status, result.failure_reason or "")
    described = record["describe"]
    if record["kind"] == "training":
        described["FinalMetricDataList"] = [
            {"MetricName": name, "Value": value, "Timestamp": at} for name, value, at in result.metrics
        ]
        if result.artifacts:
            described["ModelArtifacts"] = {"S3ModelArtifacts": result.artifacts}
    elif result.exit_message:
        described["ExitMessage"] = result.exit_message[:FAILURE_LIMIT]


def broken(record: dict[str, Any], reason: str) -> None:
    """The job could not be run at all."""
    _close(record, "Failed", "Failed", reason)


def lost(record: dict[str, Any]) -> None:
    """The job's process died: AWS has no such thing, Stopped with a reason comes nearest."""
    _close(record, "Stopped", "Stopped", LOST)


def _close(record: dict[str, Any], status: str, secondary: str, reason: str) -> None:
    kind, described, now = record["kind"], record["describe"], time.time()
    described[STATUS[kind]] = status
    described[END[kind]] = now
    if reason:
        described["FailureReason"] = reason[:FAILURE_LIMIT]
    _secondary(record, secondary or status, reason)
    if kind == "training":
        described["SecondaryStatusTransitions"][-1]["EndTime"] = now
        seconds = round(now - described.get(START[kind], now))
        described |= {"TrainingTimeInSeconds": max(1, seconds), "BillableTimeInSeconds": max(1, seconds)}


def _secondary(record: dict[str, Any], status: str, message: str) -> dict[str, Any]:
    """Enters a secondary status, which only training jobs have, and its transition."""
    described, now = record["describe"], time.time()
    described["LastModifiedTime"] = now
    if record["kind"] == "training":
        described["SecondaryStatus"] = status
        transitions = described.setdefault("SecondaryStatusTransitions", [])
        if transitions:
            transitions[-1]["EndTime"] = now
        transitions.append({"Status": status, "StartTime": now} | ({"StatusMessage": message} if message else {}))
    return record
