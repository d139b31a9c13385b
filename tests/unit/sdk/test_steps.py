"""The steps of the SDK, completed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pushtrain.platform import Platform

if TYPE_CHECKING:
    from sagemaker.estimator import Estimator

PLATFORM = Platform.local()

IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/own:1"

COMMON = {"image_uri": IMAGE, "role": PLATFORM.job_role, "instance_count": 1, "instance_type": "ml.m5.large"}


def estimator(**more: Any) -> Estimator:
    from sagemaker.estimator import Estimator

    from pushtrain.sdk import OfflineSession

    return Estimator(**COMMON, output_path="s3://b/", sagemaker_session=OfflineSession(PLATFORM), **more)


def test_the_partition_is_the_one_asked_for() -> None:
    from pushtrain.sdk import Expression, TrainingStep

    step = TrainingStep("train", estimator(), job_name=Expression("$.name"), partition="aws-cn")
    assert step.to_dict()["Resource"] == "arn:aws-cn:states:::sagemaker:createTrainingJob.sync"


def test_a_processor_s_key_and_expressions_in_lists_arrive() -> None:
    from sagemaker.processing import Processor

    from pushtrain.sdk import Expression, OfflineSession, ProcessingStep

    processor = Processor(**COMMON, output_kms_key="alias/k", sagemaker_session=OfflineSession(PLATFORM))
    arguments = ["--run", Expression("$$.Execution.Name"), "it's {}"]
    step = ProcessingStep("p", processor, job_name=Expression("$.name"), outputs=[], container_arguments=arguments)
    request = step.to_dict()["Parameters"]
    assert request["ProcessingOutputConfig"]["KmsKeyId"] == "alias/k"
    wanted = r"States.Array('--run', $$.Execution.Name, 'it\'s \{\}')"
    assert request["AppSpecification"]["ContainerArguments.$"] == wanted
    assert request["ProcessingJobName.$"] == "$.name"
    assert "ProcessingInputs" not in request  # the original writes null


def test_fields_newer_than_the_sdk() -> None:
    from pushtrain.sdk import Fail, Retry, Task

    retry = Retry(error_equals=["States.ALL"], max_delay_seconds=9, jitter_strategy="FULL").to_dict()
    assert (retry["MaxDelaySeconds"], retry["JitterStrategy"]) == (9, "FULL")
    assert Fail("bad", cause_path="$.why").to_dict() == {"Type": "Fail", "CausePath": "$.why"}
    task = Task("t", resource="arn:aws:states:::aws-sdk:s3:getObject", result_selector={"a.$": "$.Body"}).to_dict()
    assert task["ResultSelector"] == {"a.$": "$.Body"}
    with pytest.raises(TypeError, match="not supported"):
        Task("t", no_such_field=1)
