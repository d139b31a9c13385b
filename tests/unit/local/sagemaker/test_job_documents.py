"""The record of a job from its creation to its end."""

from __future__ import annotations

from typing import Any

import pytest

from pushtrain.catalog.job_fields import read_instances
from pushtrain.catalog.job_kind import JobKind
from pushtrain.catalog.job_kinds import KINDS, PROCESSING, TRAINING
from pushtrain.local.container.jobs import JobResult
from pushtrain.local.sagemaker import job_documents as documents


def create(kind: JobKind = TRAINING) -> dict[str, Any]:
    request = {kind.name_member: "job", "Tags": [{"Key": "k", "Value": "v"}], "RoleArn": "role"}
    return documents.build_record(kind, request, account="123456789012", region="us-east-1")


def test_a_new_training_job_is_in_progress() -> None:
    described = create()["describe"]
    assert described["TrainingJobArn"] == "arn:aws:sagemaker:us-east-1:123456789012:training-job/job"
    assert (described["TrainingJobStatus"], described["SecondaryStatus"]) == ("InProgress", "Starting")
    assert (described["RoleArn"], described["EnableNetworkIsolation"]) == ("role", False)
    assert "Tags" not in described


@pytest.mark.parametrize("kind", KINDS)
def test_the_first_instance_type_of_a_list_is_selected(kind: JobKind) -> None:
    preferences = [{"InstanceType": "ml.g5.xlarge"}, {"InstanceType": "ml.p3.2xlarge"}]
    request: dict[str, Any] = {"InstancePreferences": preferences, "InstanceCount": 2}
    for member in reversed(kind.instances):
        request = {member: request}
    request[kind.name_member] = "job"
    record = documents.build_record(kind, request, account="123456789012", region="us-east-1")
    instances = read_instances(record["describe"])
    assert (instances["InstanceType"], instances["InstanceCount"]) == ("ml.g5.xlarge", 2)
    assert instances["InstancePreferences"] == preferences
    assert "SelectedInstanceType" not in read_instances(request)


def test_a_completed_training_job_has_metrics_model_and_transitions() -> None:
    record = create()
    documents.mark_training(record)
    result = JobResult(
        status="Completed",
        secondary_status="Completed",
        metrics=(("auc", 0.9, 5.0),),
        started_at=0.0,
        ended_at=1.0,
        artifacts="s3://bucket/model.tar.gz",
    )
    documents.mark_ended(record, result)
    described = record["describe"]
    assert described["TrainingJobStatus"] in documents.FINAL_STATUSES
    assert described["FinalMetricDataList"] == [{"MetricName": "auc", "Value": 0.9, "Timestamp": 5.0}]
    assert described["ModelArtifacts"] == {"S3ModelArtifacts": "s3://bucket/model.tar.gz"}
    transitions = described["SecondaryStatusTransitions"]
    assert [transition["Status"] for transition in transitions] == ["Starting", "Training", "Completed"]
    assert all("EndTime" in transition for transition in transitions)
    assert described["BillableTimeInSeconds"] == 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_lost_job_is_stopped_with_a_reason(kind: JobKind) -> None:
    record = create(kind)
    documents.mark_lost(record)
    described = record["describe"]
    assert described[kind.status_member] == "Stopped"
    assert described["FailureReason"] == "The process that ran this job on this computer ended before the job did."


def test_a_long_reason_is_cut_as_by_sagemaker() -> None:
    record = create(PROCESSING)
    documents.mark_failed(record, "x" * 5000)
    assert len(record["describe"]["FailureReason"]) == 1024
