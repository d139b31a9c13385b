"""SageMaker tasks of a state machine: their results, errors, timeouts and stops."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from pushtrain.errors import MetricMissing
from pushtrain.local.api import ApiError
from pushtrain.local.events import JobLine
from tests.embedded.local.tasks import TRAIN, task


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


def test_a_retry_takes_another_name(engine: Any, requests: Any) -> None:
    engine.sagemaker.create_training_job(**requests.training("job-0"))
    request = requests.training("") | {"TrainingJobName.$": "States.Format('job-{}', $$.State.RetryCount)"}
    del request["TrainingJobName"]
    retrying = [{"ErrorEquals": ["SageMaker.ResourceInUseException"], "IntervalSeconds": 1, "MaxAttempts": 1}]
    assert engine.run(task(TRAIN, request, Retry=retrying))["output"]["TrainingJobName"] == "job-1"


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
    map_state = {"Type": "Map", "ItemsPath": "$.items", "ItemProcessor": task(TRAIN, request), "End": True}
    output = engine.run({"StartAt": "Each", "States": {"Each": map_state}}, {"items": ["a", "b"]})["output"]
    assert [job["TrainingJobName"] for job in output] == ["job-a", "job-b"]


@pytest.mark.parametrize(
    ("action", "message"),
    [
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
def test_jobs_nobody_can_run_here_are_refused_at_once(engine: Any, action: str, message: str) -> None:
    with pytest.raises(ClientError) as raised:
        engine.create(task(f"arn:aws:states:::sagemaker:{action}.sync", {}))
    assert str(raised.value) == message


FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:pushtrain-decide:live"
INVOKE = "arn:aws:states:::lambda:invoke"


def test_a_function_gets_the_payload_and_answers(engine: Any) -> None:
    request = {"FunctionName": FUNCTION, "Payload": {"run.$": "$$.Execution.Name", "conditions": [{"at_least": 0.9}]}}
    ended = engine.run(task(INVOKE, request), name="r1")
    payload = {"run": "r1", "conditions": [{"at_least": 0.9}]}
    assert ended["output"] == {"ExecutedVersion": "$LATEST", "Payload": {"sent": payload}, "StatusCode": 200}


def test_a_function_that_raises_fails_the_task_with_the_name_of_its_error(engine: Any) -> None:
    engine.functions.errors[FUNCTION] = MetricMissing("evaluation.json has no metric 'auc'")
    ended = engine.run(task(INVOKE, {"FunctionName": FUNCTION, "Payload": {}}))
    assert ended["error"] == "MetricMissing"
    assert json.loads(ended["cause"])["errorMessage"] == "evaluation.json has no metric 'auc'"


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("ResourceNotFoundException", "Lambda.ResourceNotFoundException"),
        ("AccessDeniedException", "Lambda.AWSLambdaException"),
    ],
)
def test_a_call_that_lambda_refuses_has_the_name_of_its_error(engine: Any, code: str, error: str) -> None:
    engine.functions.refusals[FUNCTION] = ApiError(code, "no")
    ended = engine.run(task(INVOKE, {"FunctionName": FUNCTION, "Payload": {}}))
    assert ended["error"] == error
    assert ended["cause"].startswith("no (Service: AWSLambda; ")
