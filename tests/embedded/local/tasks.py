"""A definition of one SageMaker task, for tests."""

from __future__ import annotations

from typing import Any

TRAIN = "arn:aws:states:::sagemaker:createTrainingJob.sync"


PROCESS = "arn:aws:states:::sagemaker:createProcessingJob.sync"


def task(resource: str, parameters: Any, **more: Any) -> dict[str, Any]:
    return {
        "StartAt": "Train",
        "States": {"Train": {"Type": "Task", "Resource": resource, "Parameters": parameters, "End": True, **more}},
    }
