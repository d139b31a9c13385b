"""What a plan reads out of definitions."""

from __future__ import annotations

from typing import Any

from pushtrain.plan import PlannedJob, difference, planned_jobs

TRAINING = {
    "Type": "Task",
    "Resource": "arn:aws-cn:states:::sagemaker:createTrainingJob.sync",
    "Parameters": {
        "ResourceConfig": {"InstanceType": "ml.g5.xlarge", "InstanceCount": 2},
        "StoppingCondition": {"MaxRuntimeInSeconds": 7200, "MaxWaitTimeInSeconds": 9000},
        "EnableManagedSpotTraining": True,
    },
}
PROCESSING = {
    "Type": "Task",
    "Resource": "arn:aws:states:::sagemaker:createProcessingJob.sync",
    "Parameters": {"ProcessingResources": {"ClusterConfig": {"InstanceType.$": "$.machine", "InstanceCount": 1}}},
}
OTHER = {"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "Parameters": {}}


def states(**named: dict[str, Any]) -> dict[str, Any]:
    return {"StartAt": "a", "States": named}


def test_jobs_are_found_in_branches_and_maps_and_nothing_else_is_one() -> None:
    parallel = {"Type": "Parallel", "Branches": [states(train=TRAINING), states(tell=OTHER)]}
    each = {"Type": "Map", "ItemProcessor": states(score=PROCESSING)}
    train = PlannedJob(step="train", instance="ml.g5.xlarge", instances=2, max_runtime=7200, spot=True)
    score = PlannedJob(step="score", instance="?", instances=1, max_runtime=0)
    assert list(planned_jobs(states(both=parallel, each=each, done={"Type": "Succeed"}))) == [train, score]


def test_a_difference_is_readable_and_equal_definitions_have_none() -> None:
    before, after = states(a={"Type": "Pass", "훈련": 1}), states(a={"Type": "Pass", "훈련": 2})
    assert difference(before, before) == ""
    lines = difference(before, after).splitlines()
    assert lines[:2] == ["--- as it is", "+++ after this push"]
    assert [line for line in lines[2:] if line[0] in "+-"] == ['-      "훈련": 1', '+      "훈련": 2']
