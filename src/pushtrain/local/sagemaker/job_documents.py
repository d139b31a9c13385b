"""The documents of a SageMaker job: its record in the store, which contains the response of Describe.

In: a Create request and, at the end, the JobResult. Out: plain dicts, times in epoch seconds. No threads, no disk.
Shapes: botocore's DescribeTrainingJobResponse and DescribeProcessingJobResponse.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pushtrain.catalog.job_fields import has_found_no_instance
from pushtrain.catalog.job_kind import JobKind, Path
from pushtrain.catalog.job_kinds import BY_NAME, TRAINING, TUNING
from pushtrain.local.sagemaker.tuning import SearchEnd, describe_end

if TYPE_CHECKING:
    from pushtrain.local.container.jobs import JobResult

FINAL_STATUSES = frozenset({"Completed", "Failed", "Stopped"})
FAILURE_LIMIT = 1024  # characters: FailureReason and ExitMessage of the API model
LOST = "The process that ran this job on this computer ended before the job did."


def build_key(kind: JobKind, name: str) -> str:
    """Return the job's key in the store. A training and a processing job may have the same name."""
    return f"{kind.name}/{name}"


def build_record(kind: JobKind, request: Mapping[str, Any], *, account: str, region: str) -> dict[str, Any]:
    """Return the record of a new job, with status InProgress and secondary status Starting."""
    name, moment = request[kind.name_member], time.time()
    arn = f"arn:aws:sagemaker:{region}:{account}:{kind.resource}/{name}"
    described = {member: value for member, value in request.items() if member != "Tags"}
    _add_selected_instance(described, kind.instances)
    described |= {
        kind.arn_member: arn,
        kind.status_member: "InProgress",
        "CreationTime": moment,
        "LastModifiedTime": moment,
    }
    record = {
        "kind": kind.name,
        "name": name,
        "arn": arn,
        "region": region,
        "request": dict(request),
        "describe": described,
    }
    if kind is TUNING:
        described |= describe_end(SearchEnd(status="InProgress", reason="", trials=()))
    if kind is TRAINING:
        for switch in ("NetworkIsolation", "InterContainerTrafficEncryption", "ManagedSpotTraining"):
            described.setdefault(f"Enable{switch}", False)
        _add_secondary_status(record, "Starting", "Preparing this computer")
    return record


def _add_selected_instance(described: dict[str, Any], path: Path) -> None:
    """Choose the first of InstancePreferences, as SageMaker does if it has capacity. `path` leads to the instances."""
    member, *inner = path
    if not described.get(member):
        return
    described[member] = dict(described[member])
    if inner:
        _add_selected_instance(described[member], tuple(inner))
    elif preferences := described[member].get("InstancePreferences"):
        chosen = {**described[member], **preferences[0]}
        described[member]["SelectedInstanceType"] = chosen["InstanceType"]
        described[member]["SelectedInstanceCount"] = chosen.get("InstanceCount", 1)


def read_kind(record: Mapping[str, Any]) -> JobKind:
    """Return the kind of the record's job."""
    return BY_NAME[record["kind"]]


def read_status(record: Mapping[str, Any]) -> str:
    """Return the status of the record's job: InProgress, Stopping or one of FINAL_STATUSES."""
    return str(record["describe"][read_kind(record).status_member])


def describe_name_conflict(record: Mapping[str, Any]) -> str:
    """Return the message for a job name that another job already has."""
    return f"Job name must be unique within an AWS account and region: {record['arn']} exists already"


def mark_training(record: dict[str, Any]) -> dict[str, Any]:
    """Record that the job's script is about to run. The document of a tuning job has no such time."""
    if read_kind(record) is TUNING:
        return record
    record["describe"][read_kind(record).start_member] = time.time()
    return _add_secondary_status(record, "Training", "Running the script")


def mark_not_started(record: dict[str, Any]) -> None:
    """Record that no instance was found for the job, so that it never ran."""
    del record["describe"][read_kind(record).start_member]


def mark_stopping(record: dict[str, Any]) -> dict[str, Any]:
    """Record that the job was told to stop."""
    record["describe"][read_kind(record).status_member] = "Stopping"
    return _add_secondary_status(record, "Stopping", "Stopping the script")


def mark_ended(record: dict[str, Any], result: JobResult) -> None:
    """Record the result of a job that ended."""
    _close(record, result.status, result.secondary_status, result.failure_reason or "")
    described = record["describe"]
    if read_kind(record) is TRAINING:
        described["FinalMetricDataList"] = [
            {"MetricName": name, "Value": value, "Timestamp": timestamp} for name, value, timestamp in result.metrics
        ]
        if result.artifacts:
            described["ModelArtifacts"] = {"S3ModelArtifacts": result.artifacts}
    elif result.exit_message:
        described["ExitMessage"] = result.exit_message[:FAILURE_LIMIT]


def mark_searched(record: dict[str, Any], end: SearchEnd) -> None:
    """Record the end of a tuning job."""
    record["describe"] |= describe_end(end)
    _close(record, end.status, "", end.reason)


def mark_failed(record: dict[str, Any], reason: str) -> None:
    """Record that the job could not be run at all."""
    _close(record, "Failed", "Failed", reason)


def mark_lost(record: dict[str, Any]) -> None:
    """Record that the job's process died. AWS has no such status; Stopped with a FailureReason is the nearest."""
    _close(record, "Stopped", "Stopped", LOST)


def _close(record: dict[str, Any], status: str, secondary_status: str, reason: str) -> None:
    kind, described, moment = read_kind(record), record["describe"], time.time()
    described[kind.status_member] = status
    described[kind.end_member] = moment
    if reason:
        described["FailureReason"] = reason[:FAILURE_LIMIT]
    _add_secondary_status(record, secondary_status or status, reason)
    if kind is TRAINING:
        described["SecondaryStatusTransitions"][-1]["EndTime"] = moment
        seconds = round(moment - described.get(kind.start_member, moment))
        if not has_found_no_instance(described):
            described |= {"TrainingTimeInSeconds": max(1, seconds), "BillableTimeInSeconds": max(1, seconds)}


def _add_secondary_status(record: dict[str, Any], status: str, message: str) -> dict[str, Any]:
    """Set the secondary status and add its transition. Only training jobs have them."""
    described, moment = record["describe"], time.time()
    described["LastModifiedTime"] = moment
    if read_kind(record) is TRAINING:
        described["SecondaryStatus"] = status
        transitions = described.setdefault("SecondaryStatusTransitions", [])
        if transitions:
            transitions[-1]["EndTime"] = moment
        transitions.append({"Status": status, "StartTime": moment} | ({"StatusMessage": message} if message else {}))
    return record
