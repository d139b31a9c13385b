"""SageMaker jobs, from a state machine and by the plain API: they run, fail, stop, and are remembered."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from botocore.exceptions import ClientError

from pushtrain.errors import LocalError
from pushtrain.local.events import JobLine, JobStarted
from pushtrain.local.liveness import describe_this_process, is_alive

TRAIN = "arn:aws:states:::sagemaker:createTrainingJob.sync"
PROCESS = "arn:aws:states:::sagemaker:createProcessingJob.sync"


def task(resource: str, parameters: Any, **more: Any) -> dict[str, Any]:
    return {
        "StartAt": "Train",
        "States": {"Train": {"Type": "Task", "Resource": resource, "Parameters": parameters, "End": True, **more}},
    }


def test_task_runs_the_job_and_answers_with_its_description(engine: Any, requests: Any) -> None:
    engine.scripts.results["job"] = requests.result("Completed", artifacts="s3://bucket/models/job/output/model.tar.gz")
    output = engine.run(task(TRAIN, requests.training("job")))["output"]
    assert output["TrainingJobStatus"] == "Completed"
    assert output["ModelArtifacts"]["S3ModelArtifacts"] == "s3://bucket/models/job/output/model.tar.gz"
    assert isinstance(output["CreationTime"], int)
    assert output["Environment"] == {"A": "1"}
    assert engine.scripts.requests["job"] == requests.training("job")


def test_stock_moto_runs_no_job(stock: Any, requests: Any) -> None:
    assert stock.run(task(TRAIN, requests.training("job")), name="run")["error"] == "States.Runtime"


def test_events_name_the_step_and_the_lines(engine: Any, requests: Any) -> None:
    engine.run(task(PROCESS, requests.processing("job")))
    assert engine.await_event(JobStarted) == JobStarted(job="job", step="Train", kind="processing")
    assert engine.await_event(JobLine) == JobLine(job="job", line="job begins")
    assert engine.await_job("job").status == "Completed"


def test_without_sync_the_task_does_not_wait(engine: Any, requests: Any) -> None:
    release = engine.scripts.hold("job")
    output = engine.run(task(TRAIN.removesuffix(".sync"), requests.training("job")))["output"]
    assert output == {"TrainingJobArn": "arn:aws:sagemaker:us-east-1:123456789012:training-job/job"}
    assert engine.sagemaker.describe_training_job(TrainingJobName="job")["TrainingJobStatus"] == "InProgress"
    release.set()
    engine.await_job("job")


def test_failed_job_fails_the_task_with_its_description(engine: Any, requests: Any) -> None:
    engine.scripts.results["job"] = requests.result("Failed", failure_reason="AlgorithmError: boom, exit code: 1")
    ended = engine.run(task(TRAIN, requests.training("job")))
    assert ended["error"] == "States.TaskFailed"
    assert json.loads(ended["cause"])["FailureReason"] == "AlgorithmError: boom, exit code: 1"


def test_stopped_job_is_no_failure_of_the_task(engine: Any, requests: Any) -> None:
    engine.scripts.results["job"] = requests.result("Stopped", secondary_status="MaxRuntimeExceeded")
    output = engine.run(task(TRAIN, requests.training("job")))["output"]
    assert (output["TrainingJobStatus"], output["SecondaryStatus"]) == ("Stopped", "MaxRuntimeExceeded")


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
    with pytest.raises(ClientError) as told:
        engine.sagemaker.create_training_job(**requests.training("job"))
    assert str(told.value) == (
        "An error occurred (ResourceInUse) when calling the CreateTrainingJob operation: Job name must "
        "be unique within an AWS account and region: "
        "arn:aws:sagemaker:us-east-1:123456789012:training-job/job exists already"
    )


def test_no_job_begins_once_all_are_being_stopped(engine: Any, requests: Any) -> None:
    """A run that was just stopped may be about to start its next job, which would outlive the store."""
    engine.installed.jobs.stop_all()
    with pytest.raises(ClientError) as told:
        engine.sagemaker.create_training_job(**requests.training("job"))
    assert str(told.value) == (
        "An error occurred (ValidationException) when calling the CreateTrainingJob operation: embedded "
        "AWS is going down"
    )
    assert not engine.scripts.requests


def test_a_retry_takes_another_name(engine: Any, requests: Any) -> None:
    engine.sagemaker.create_training_job(**requests.training("job-0"))
    request = requests.training("") | {"TrainingJobName.$": "States.Format('job-{}', $$.State.RetryCount)"}
    del request["TrainingJobName"]
    again = [{"ErrorEquals": ["SageMaker.ResourceInUseException"], "IntervalSeconds": 1, "MaxAttempts": 1}]
    assert engine.run(task(TRAIN, request, Retry=again))["output"]["TrainingJobName"] == "job-1"


def test_a_task_that_times_out_stops_its_job(engine: Any, requests: Any) -> None:
    engine.scripts.hold("job")
    ended = engine.run(task(TRAIN, requests.training("job"), TimeoutSeconds=1))
    assert ended["error"] == "States.Timeout"
    assert engine.await_job("job").status == "Stopped"


def test_stopping_the_execution_stops_its_job(engine: Any, requests: Any) -> None:
    engine.scripts.hold("job")
    execution = engine.start(engine.create(task(TRAIN, requests.training("job")))["stateMachineArn"])
    engine.await_event(JobLine, job="job")
    engine.sfn.stop_execution(executionArn=execution, error="Stop", cause="enough")
    ended = engine.end(execution)
    assert (ended["status"], ended["error"], ended["cause"]) == ("ABORTED", "Stop", "enough")
    assert engine.await_job("job").status == "Stopped"
    events = engine.sfn.get_execution_history(executionArn=execution)["events"]
    assert events[-1]["executionAbortedEventDetails"] == {"error": "Stop", "cause": "enough"}


def test_the_history_of_a_run_that_is_killed_shows_its_last_job(engine: Any, requests: Any) -> None:
    engine.scripts.hold("job")
    execution = engine.start(engine.create(task(TRAIN, requests.training("job")))["stateMachineArn"])
    engine.await_event(JobLine, job="job")
    while (last := engine.store.get("history", execution)["events"][-1])["type"] != "TaskSubmitted":
        assert last["type"] == "TaskStateEntered"
    assert json.loads(last["taskSubmittedEventDetails"]["output"])["TrainingJobArn"].endswith("/job")


def test_a_machine_that_takes_too_long_ends_timed_out(engine: Any, requests: Any) -> None:
    engine.scripts.hold("job")
    ended = engine.run(task(TRAIN, requests.training("job")) | {"TimeoutSeconds": 1})
    assert ended["status"] == "TIMED_OUT"
    assert ended["stopDate"]
    assert engine.await_job("job").status == "Stopped"
    events = engine.sfn.get_execution_history(executionArn=ended["executionArn"])["events"]
    assert events[-1]["type"] == "ExecutionTimedOut"


def test_two_jobs_at_once_and_a_failing_branch_stops_the_other(engine: Any, requests: Any) -> None:
    engine.scripts.hold("slow")
    fails = engine.scripts.hold("fails")
    engine.scripts.results["fails"] = requests.result("Failed", failure_reason="boom")
    branches = [task(TRAIN, requests.training(name)) for name in ("slow", "fails")]
    parallel = {"StartAt": "Both", "States": {"Both": {"Type": "Parallel", "Branches": branches, "End": True}}}
    execution = engine.start(engine.create(parallel)["stateMachineArn"])
    engine.await_event(JobLine, job="slow")
    engine.await_event(JobLine, job="fails")
    fails.set()
    assert engine.end(execution)["error"] == "States.TaskFailed"
    assert engine.await_job("slow").status == "Stopped"


def test_a_map_runs_a_job_for_each_item(engine: Any, requests: Any) -> None:
    request = requests.training("") | {"TrainingJobName.$": "States.Format('job-{}', $)"}
    del request["TrainingJobName"]
    each = {"Type": "Map", "ItemsPath": "$.items", "ItemProcessor": task(TRAIN, request), "End": True}
    output = engine.run({"StartAt": "Each", "States": {"Each": each}}, {"items": ["a", "b"]})["output"]
    assert [job["TrainingJobName"] for job in output] == ["job-a", "job-b"]


def test_uninstalling_stops_what_runs(engine: Any, requests: Any) -> None:
    engine.scripts.hold("job")
    execution = engine.start(engine.create(task(TRAIN, requests.training("job")))["stateMachineArn"])
    engine.await_event(JobLine, job="job")
    engine.again()
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
    with pytest.raises(ClientError) as told:
        engine.sagemaker.stop_training_job(TrainingJobName="job")
    assert str(told.value) == (
        "An error occurred (ValidationException) when calling the StopTrainingJob operation: training "
        "job job runs in another process of this computer: stop it there"
    )


@pytest.mark.parametrize(
    ("action", "said"),
    [
        (
            "createTransformJob",
            (
                "An error occurred (InvalidDefinition) when calling the CreateStateMachine operation: Invalid "
                "State Machine Definition: 'transform jobs cannot run on this computer yet at "
                "/States/Train/Resource'"
            ),
        ),
        (
            "createHyperParameterTuningJob",
            (
                "An error occurred (InvalidDefinition) when calling the CreateStateMachine operation: Invalid "
                "State Machine Definition: 'tuning jobs cannot run on this computer yet at "
                "/States/Train/Resource'"
            ),
        ),
        (
            "createLabelingJob",
            (
                "An error occurred (InvalidDefinition) when calling the CreateStateMachine operation: Invalid "
                "State Machine Definition: 'labeling jobs cannot run on this computer yet at "
                "/States/Train/Resource'"
            ),
        ),
    ],
)
def test_jobs_nobody_can_run_here_are_refused_at_once(engine: Any, action: str, said: str) -> None:
    with pytest.raises(ClientError) as told:
        engine.create(task(f"arn:aws:states:::sagemaker:{action}.sync", {}))
    assert str(told.value) == said


def test_jobs_by_the_plain_api_run_and_keep_what_was_asked(engine: Any, requests: Any) -> None:
    engine.scripts.results["job"] = requests.result("Completed", metrics=(("accuracy", 0.9, 5.0),))
    engine.sagemaker.create_training_job(**requests.training("job"), Tags=[{"Key": "k", "Value": "v"}])
    engine.await_job("job")
    described = engine.sagemaker.describe_training_job(TrainingJobName="job")
    assert described["TrainingJobStatus"] == "Completed"
    assert described["Environment"] == {"A": "1"}
    assert described["AlgorithmSpecification"]["MetricDefinitions"] == [{"Name": "accuracy", "Regex": "accuracy (.*)"}]
    assert [(metric["MetricName"], metric["Value"]) for metric in described["FinalMetricDataList"]] == [
        ("accuracy", 0.9)
    ]
    assert [one["Status"] for one in described["SecondaryStatusTransitions"]] == ["Starting", "Training", "Completed"]


def test_stock_moto_knows_the_end_before_the_start(stock: Any, requests: Any) -> None:
    stock.sagemaker.create_training_job(**requests.training("job"))
    described = stock.sagemaker.describe_training_job(TrainingJobName="job")
    assert described["TrainingJobStatus"] == "Completed"
    assert "Environment" not in described, "moto changed: it keeps Environment now"


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


def test_lists_filter_and_sort(engine: Any, requests: Any) -> None:
    for name in ("a1", "b1", "a2"):
        engine.sagemaker.create_processing_job(**requests.processing(name))
        engine.await_job(name)

    def names(**asked: Any) -> list[str]:
        found = engine.sagemaker.list_processing_jobs(**asked)["ProcessingJobSummaries"]
        return [job["ProcessingJobName"] for job in found]

    assert names() == ["a2", "b1", "a1"]
    assert names(NameContains="A", SortBy="Name", SortOrder="Ascending") == ["a1", "a2"]
    assert names(StatusEquals="Failed") == []
    first = engine.sagemaker.list_processing_jobs(MaxResults=2)
    assert names(MaxResults=2, NextToken=first["NextToken"]) == ["a1"]


def test_other_jobs_by_the_plain_api_are_refused_by_name(engine: Any) -> None:
    with pytest.raises(ClientError) as told:
        engine.sagemaker.create_auto_ml_job_v2(
            AutoMLJobName="job",
            AutoMLJobInputDataConfig=[{"ChannelType": "training"}],
            OutputDataConfig={"S3OutputPath": "s3://bucket/"},
            AutoMLProblemTypeConfig={"TabularJobConfig": {"TargetAttributeName": "y"}},
            RoleArn="arn:aws:iam::123456789012:role/r",
        )
    assert str(told.value) == (
        "An error occurred (ValidationException) when calling the CreateAutoMLJobV2 operation: AutoML "
        "jobs cannot run on this computer yet"
    )


def test_what_is_asked_of_logs_and_is_not_there(engine: Any) -> None:
    group = "/aws/sagemaker/TrainingJobs"
    with pytest.raises(ClientError) as told:
        engine.logs.filter_log_events(logGroupName=group, filterPattern="{ $.x = 1 }")
    assert str(told.value) == (
        "An error occurred (InvalidParameterException) when calling the FilterLogEvents operation: "
        "filterPattern '{ $.x = 1 }': only plain words work on this computer"
    )
    with pytest.raises(ClientError) as told:
        engine.logs.get_log_events(logGroupName=group, logStreamName="none")
    assert str(told.value) == (
        "An error occurred (ResourceNotFoundException) when calling the GetLogEvents operation: The "
        "specified log stream does not exist."
    )


def test_an_unknown_job_is_an_error(engine: Any) -> None:
    with pytest.raises(ClientError) as told:
        engine.sagemaker.describe_training_job(TrainingJobName="none")
    assert str(told.value) == (
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


def test_jobs_and_their_logs_outlive_the_process(engine: Any, requests: Any) -> None:
    engine.run(task(TRAIN, requests.training("job")))
    engine.again()
    assert engine.sagemaker.describe_training_job(TrainingJobName="job")["TrainingJobStatus"] == "Completed"
    group = "/aws/sagemaker/TrainingJobs"
    stream = engine.logs.describe_log_streams(logGroupName=group, logStreamNamePrefix="job/")["logStreams"][0][
        "logStreamName"
    ]
    assert stream.startswith("job/algo-1-")
    events = engine.logs.get_log_events(logGroupName=group, logStreamName=stream, startFromHead=True, limit=1)
    assert [event["message"] for event in events["events"]] == ["job begins"]
    rest = engine.logs.get_log_events(logGroupName=group, logStreamName=stream, nextToken=events["nextForwardToken"])
    assert [event["message"] for event in rest["events"]] == ["accuracy 0.9"]
    found = engine.logs.filter_log_events(logGroupName=group, filterPattern="accuracy")["events"]
    assert [(event["logStreamName"], event["message"]) for event in found] == [(stream, "accuracy 0.9")]


def test_other_log_groups_are_moto_s(engine: Any) -> None:
    engine.logs.create_log_group(logGroupName="mine")
    engine.logs.create_log_stream(logGroupName="mine", logStreamName="s")
    assert engine.logs.describe_log_streams(logGroupName="mine")["logStreams"][0]["logStreamName"] == "s"


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


def test_a_process_is_alive_until_it_ends() -> None:
    assert is_alive(describe_this_process())
    code = "import json; from pushtrain.local import liveness; print(json.dumps(liveness.describe_this_process()))"
    other = json.loads(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)
    assert other["started"]
    assert not is_alive(other)
    assert not is_alive(describe_this_process() | {"started": "another start"})
