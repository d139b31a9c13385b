"""What TestState gets instead of a run."""

from __future__ import annotations

import pytest

from pushtrain.config import load_config
from pushtrain.doctor.mocks import build_context, build_execution_input, build_task_result
from pushtrain.platform import Platform

PLATFORM = Platform.local()
CONFIG = load_config(b"model: churn\ndata: {raw: s3://lake/10/}\ntrain: {framework: sklearn 1.2-1}\n").config


def test_the_input_has_what_a_definition_reads() -> None:
    execution_input = build_execution_input(CONFIG, PLATFORM)
    assert execution_input["data"] == {"raw": "s3://pushtrain-artifacts/churn/data/raw/"}
    assert execution_input["metadata"]["data.raw"] == "s3://pushtrain-artifacts/churn/data/raw/"
    assert execution_input["git"]["commit"] == "unknown"
    context = build_context(execution_input, PLATFORM)
    assert context["Execution"]["Name"] == execution_input["run"]
    assert context["Execution"]["Id"].endswith(f":execution:pushtrain-churn:{execution_input['run']}")


@pytest.mark.parametrize(
    ("action", "members"),
    [
        ("sagemaker:createTrainingJob.sync", {"TrainingJobName": "train-it-0-0", "TrainingJobStatus": "Completed"}),
        ("sagemaker:createProcessingJob.sync", {"ProcessingJobName": "train-it-0-0"}),
        ("lambda:invoke", {"StatusCode": 200}),
        (
            "aws-sdk:sagemaker:createModelPackage",
            {"ModelPackageArn": "arn:aws:sagemaker:us-east-1:123456789012:model-package/group/1"},
        ),
    ],
)
def test_a_task_returns_what_it_would_if_all_went_well(action: str, members: dict[str, object]) -> None:
    result = build_task_result("train it", {"Resource": f"arn:aws:states:::{action}"}, PLATFORM)
    assert members.items() <= result.items()


def test_a_verdict_has_the_metrics_of_the_gate() -> None:
    state = {
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"Payload": {"conditions": [{"metric": "auc", "at_least": 0.9}]}},
    }
    payload = build_task_result("decide", state, PLATFORM)["Payload"]
    assert (payload["passed"], payload["metrics"]) == (True, {"auc": "1"})


def test_of_an_unknown_action_nothing_is_known() -> None:
    assert build_task_result("tell", {"Resource": "arn:aws:states:::sns:publish"}, PLATFORM) == {}
