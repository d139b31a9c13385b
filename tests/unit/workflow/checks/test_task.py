"""Resource and request of a Task state."""

from __future__ import annotations

import pytest

from pushtrain.workflow.checks.task import find_task_problems

ARN = "arn:aws:states:::"


@pytest.mark.parametrize(
    ("resource", "problem"),
    [
        ("train", "Resource must be an ARN, not 'train'"),
        (
            f"{ARN}sagemaker:createTrainingJobs.sync",
            "Resource: Step Functions has no sagemaker action 'createTrainingJobs'. Did you mean 'createTrainingJob'?",
        ),
    ],
)
def test_an_unknown_resource_is_reported(resource: str, problem: str) -> None:
    assert list(find_task_problems({"Resource": resource})) == [problem]


def test_a_missing_member_is_reported() -> None:
    task = {"Resource": f"{ARN}aws-sdk:s3:getObject", "Parameters": {"Bucket": "artifacts"}}
    assert list(find_task_problems(task)) == ["Parameters.Key: is required and missing"]


def test_a_service_that_the_catalog_does_not_know_is_not_checked() -> None:
    assert list(find_task_problems({"Resource": f"{ARN}lambda:invoke", "Parameters": {"Anything": 1}})) == []


def test_the_name_of_a_job_that_is_retried_after_it_failed_must_change() -> None:
    task = {
        "Resource": f"{ARN}sagemaker:createTrainingJob.sync",
        "Parameters": {"TrainingJobName.$": "States.Format('job-{}', $$.Execution.Name)"},
        "Retry": [{"ErrorEquals": ["A"]}, {"ErrorEquals": ["States.TaskFailed"]}],
    }
    problem = (
        "Parameters.TrainingJobName must depend on $$.State.RetryCount, as the state retries jobs that failed: "
        "a name works once"
    )
    assert problem in list(find_task_problems(task))
    assert problem not in list(find_task_problems(task | {"Retry": [{"ErrorEquals": ["A"]}]}))
