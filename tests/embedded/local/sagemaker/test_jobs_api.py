"""SageMaker's API for jobs: create, describe, list, and the kinds of jobs that are refused."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError


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


def test_lists_filter_and_sort(engine: Any, requests: Any) -> None:
    for name in ("a1", "b1", "a2"):
        engine.sagemaker.create_processing_job(**requests.processing(name))
        engine.await_job(name)

    def names(**filters: Any) -> list[str]:
        summaries = engine.sagemaker.list_processing_jobs(**filters)["ProcessingJobSummaries"]
        return [job["ProcessingJobName"] for job in summaries]

    assert names() == ["a2", "b1", "a1"]
    assert names(NameContains="A", SortBy="Name", SortOrder="Ascending") == ["a1", "a2"]
    assert names(StatusEquals="Failed") == []
    first = engine.sagemaker.list_processing_jobs(MaxResults=2)
    assert names(MaxResults=2, NextToken=first["NextToken"]) == ["a1"]


def test_other_jobs_by_the_plain_api_are_refused_by_name(engine: Any) -> None:
    with pytest.raises(ClientError) as raised:
        engine.sagemaker.create_auto_ml_job_v2(
            AutoMLJobName="job",
            AutoMLJobInputDataConfig=[{"ChannelType": "training"}],
            OutputDataConfig={"S3OutputPath": "s3://bucket/"},
            AutoMLProblemTypeConfig={"TabularJobConfig": {"TargetAttributeName": "y"}},
            RoleArn="arn:aws:iam::123456789012:role/r",
        )
    assert str(raised.value) == (
        "An error occurred (ValidationException) when calling the CreateAutoMLJobV2 operation: AutoML "
        "jobs cannot run on this computer yet"
    )
