"""The logs of jobs in CloudWatch Logs."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.embedded.local.tasks import TRAIN, task


def test_what_is_asked_of_logs_and_is_not_there(engine: Any) -> None:
    group = "/aws/sagemaker/TrainingJobs"
    with pytest.raises(ClientError) as raised:
        engine.logs.filter_log_events(logGroupName=group, filterPattern="{ $.x = 1 }")
    assert str(raised.value) == (
        "An error occurred (InvalidParameterException) when calling the FilterLogEvents operation: "
        "filterPattern '{ $.x = 1 }': only plain words work on this computer"
    )
    with pytest.raises(ClientError) as raised:
        engine.logs.get_log_events(logGroupName=group, logStreamName="none")
    assert str(raised.value) == (
        "An error occurred (ResourceNotFoundException) when calling the GetLogEvents operation: The "
        "specified log stream does not exist."
    )


def test_jobs_and_their_logs_outlive_the_process(engine: Any, requests: Any) -> None:
    engine.run(task(TRAIN, requests.training("job")))
    engine.restart()
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
    events = engine.logs.filter_log_events(logGroupName=group, filterPattern="accuracy")["events"]
    assert [(event["logStreamName"], event["message"]) for event in events] == [(stream, "accuracy 0.9")]


def test_other_log_groups_are_moto_s(engine: Any) -> None:
    engine.logs.create_log_group(logGroupName="mine")
    engine.logs.create_log_stream(logGroupName="mine", logStreamName="s")
    assert engine.logs.describe_log_streams(logGroupName="mine")["logStreams"][0]["logStreamName"] == "s"
