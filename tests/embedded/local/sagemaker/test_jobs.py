"""Jobs that run in threads: events, names, stops, and jobs of processes that died."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from pushtrain.catalog.job_kinds import PROCESSING
from pushtrain.errors import LocalError
from pushtrain.local.events import JobLine, JobStarted
from tests.embedded.local.tasks import PROCESS, TRAIN, task


def test_events_name_the_step_and_the_lines(engine: Any, requests: Any) -> None:
    engine.run(task(PROCESS, requests.processing("job")))
    assert engine.await_event(JobStarted) == JobStarted(job="job", step="Train", kind=PROCESSING)
    assert engine.await_event(JobLine) == JobLine(job="job", line="job begins")
    assert engine.await_job("job").status == "Completed"


def test_a_request_aws_would_refuse_names_every_problem(engine: Any, requests: Any) -> None:
    wrong = {"TrainingInputMode": "Fil", "TrainingImage": "image"}
    ended = engine.run(task(TRAIN, requests.training("job_1", AlgorithmSpecification=wrong)))
    assert ended["error"] == "SageMaker.AmazonSageMakerException"
    assert "AlgorithmSpecification.TrainingInputMode" in ended["cause"]
    assert "TrainingJobName" in ended["cause"]
    assert not engine.scripts.requests


def test_a_used_name_is_refused(engine: Any, requests: Any) -> None:
    engine.run(task(TRAIN, requests.training("job")))
    arn = engine.create(task(TRAIN, requests.training("job")), name="other")["stateMachineArn"]
    assert engine.end(engine.start(arn))["error"] == "SageMaker.ResourceInUseException"
    with pytest.raises(ClientError) as raised:
        engine.sagemaker.create_training_job(**requests.training("job"))
    assert str(raised.value) == (
        "An error occurred (ResourceInUse) when calling the CreateTrainingJob operation: Job name must "
        "be unique within an AWS account and region: "
        "arn:aws:sagemaker:us-east-1:123456789012:training-job/job exists already"
    )


def test_no_job_begins_once_all_are_being_stopped(engine: Any, requests: Any) -> None:
    """A run that was just stopped may be about to start its next job, which would outlive the store."""
    engine.installed.jobs.stop_all()
    with pytest.raises(ClientError) as raised:
        engine.sagemaker.create_training_job(**requests.training("job"))
    assert str(raised.value) == (
        "An error occurred (ValidationException) when calling the CreateTrainingJob operation: embedded "
        "AWS is going down"
    )
    assert not engine.scripts.requests


def test_uninstalling_stops_what_runs(engine: Any, requests: Any) -> None:
    engine.scripts.hold("job")
    execution = engine.start(engine.create(task(TRAIN, requests.training("job")))["stateMachineArn"])
    engine.await_event(JobLine, job="job")
    engine.restart()
    assert engine.scripts.stopped == ["job"]
    assert engine.end(execution)["status"] == "ABORTED"
    assert engine.sagemaker.describe_training_job(TrainingJobName="job")["TrainingJobStatus"] == "Stopped"


def test_a_job_of_another_process_is_not_ours_to_stop(engine: Any, requests: Any) -> None:
    engine.sagemaker.create_training_job(**requests.training("job"))
    engine.await_job("job")
    record = engine.store.get("job", "training/job")
    record["describe"]["TrainingJobStatus"] = "InProgress"
    engine.store.put("job", "training/job", record)
    engine.installed.jobs._live_jobs.clear()
    with pytest.raises(ClientError) as raised:
        engine.sagemaker.stop_training_job(TrainingJobName="job")
    assert str(raised.value) == (
        "An error occurred (ValidationException) when calling the StopTrainingJob operation: training "
        "job job runs in another process of this computer: stop it there"
    )


@pytest.mark.parametrize("kind", ["Training", "Processing"])
def test_stop_really_stops(engine: Any, requests: Any, kind: str) -> None:
    engine.scripts.hold("job")
    name = {f"{kind}JobName": "job"}
    call = kind.lower()
    getattr(engine.sagemaker, f"create_{call}_job")(**getattr(requests, call)("job"))
    engine.await_event(JobLine, job="job")
    getattr(engine.sagemaker, f"stop_{call}_job")(**name)
    assert engine.await_job("job").status == "Stopped"
    assert engine.scripts.stopped == ["job"]
    assert getattr(engine.sagemaker, f"describe_{call}_job")(**name)[f"{kind}JobStatus"] == "Stopped"


def test_an_unknown_job_is_an_error(engine: Any) -> None:
    with pytest.raises(ClientError) as raised:
        engine.sagemaker.describe_training_job(TrainingJobName="none")
    assert str(raised.value) == (
        "An error occurred (ValidationException) when calling the DescribeTrainingJob operation: "
        "Requested resource not found: training job none"
    )


@pytest.mark.parametrize(
    ("bug", "reason"),
    [(LocalError("no compiler"), "ClientError: no compiler"), (KeyError("x"), "InternalServerError: KeyError: 'x'")],
)
def test_a_job_that_cannot_be_run_fails_with_the_reason(
    engine: Any, requests: Any, bug: Exception, reason: str
) -> None:
    engine.scripts.bugs["job"] = bug
    ended = engine.run(task(TRAIN, requests.training("job")))
    assert json.loads(ended["cause"])["FailureReason"] == reason
    assert str(bug) in (engine.folder / "jobs" / "job" / "log.txt").read_text(encoding="utf-8")


def test_a_job_whose_process_died_is_stopped(engine: Any, requests: Any) -> None:
    engine.sagemaker.create_training_job(**requests.training("job"))
    engine.await_job("job")
    record = engine.store.get("job", "training/job")
    record["describe"]["TrainingJobStatus"] = "InProgress"
    record["process"] = {"pid": record["process"]["pid"], "started": "another start"}
    engine.store.put("job", "training/job", record)
    described = engine.sagemaker.describe_training_job(TrainingJobName="job")
    assert described["TrainingJobStatus"] == "Stopped"
    assert described["FailureReason"] == "The process that ran this job on this computer ended before the job did."
