"""Which jobs a definition can start, and how often."""

from __future__ import annotations

from typing import Any

from pushtrain.catalog.job_kinds import TRAINING as TRAINING_KIND
from pushtrain.cost import PlannedJob, list_planned_jobs
from pushtrain.workflow import build_state
from pushtrain.workflow.capacity import WaitLoop

TRAINING: dict[str, Any] = {
    "Type": "Task",
    "Resource": "arn:aws-cn:states:::sagemaker:createTrainingJob.sync",
    "Parameters": {
        "ResourceConfig": {"InstanceType": "ml.g5.xlarge", "InstanceCount": 2, "KeepAlivePeriodInSeconds": 600},
        "StoppingCondition": {"MaxRuntimeInSeconds": 7200, "MaxWaitTimeInSeconds": 9000},
        "EnableManagedSpotTraining": True,
        "RetryStrategy": {"MaximumRetryAttempts": 5},
    },
}
PROCESSING: dict[str, Any] = {
    "Type": "Task",
    "Resource": "arn:aws:states:::sagemaker:createProcessingJob.sync",
    "Parameters": {"ProcessingResources": {"ClusterConfig": {"InstanceType.$": "$.machine", "InstanceCount": 1}}},
}
OTHER = {"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "Parameters": {}}


def states(**named: dict[str, Any]) -> dict[str, Any]:
    return {"StartAt": "a", "States": named}


def only(definition: dict[str, Any]) -> PlannedJob:
    (job,) = list_planned_jobs(definition)
    return job


def test_jobs_are_found_in_branches_and_maps_and_nothing_else_is_one() -> None:
    parallel = {"Type": "Parallel", "Branches": [states(train=TRAINING), states(tell=OTHER)]}
    each = {"Type": "Map", "ItemProcessor": states(score=PROCESSING)}
    train, score = list_planned_jobs(states(both=parallel, each=each, done={"Type": "Succeed"}))
    assert (train.step, train.kind, train.instance, train.instances, train.spot) == (
        *("train", "training", "ml.g5.xlarge"),
        *(2, True),
    )
    assert (score.step, score.kind, score.instance, score.max_runtime) == ("score", "processing", "?", 0)
    assert score.unbounded == "it runs once for each item of a Map"


def test_a_machine_is_paid_for_while_it_runs_saves_and_is_kept_warm_but_not_while_it_waits_for_spot() -> None:
    assert only(states(train=TRAINING)).seconds == 7200 + 120 + 600


def test_only_retries_that_follow_a_failed_job_pay_for_it_again() -> None:
    throttled = {"ErrorEquals": ["SageMaker.AmazonSageMakerException"], "MaxAttempts": 5}
    failed = {"ErrorEquals": ["States.TaskFailed"], "MaxAttempts": 2}
    unsaid = {"ErrorEquals": ["States.ALL"]}
    assert only(states(train={**TRAINING, "Retry": [throttled]})).runs == 1
    assert only(states(train={**TRAINING, "Retry": [throttled, failed]})).runs == 3
    again = {"Type": "Parallel", "Branches": [states(train={**TRAINING, "Retry": [failed]})], "Retry": [unsaid]}
    assert only(states(both=again)).runs == 3 * 4


def test_a_job_in_a_loop_can_cost_any_amount() -> None:
    back = {"Type": "Choice", "Choices": [{"Next": "train"}], "Default": "done"}
    loop = states(train={**TRAINING, "Next": "again?"}, **{"again?": back}, done={"Type": "Succeed"})
    assert only(loop).unbounded == "the workflow can come back to it any number of times"
    assert only(states(train={**TRAINING, "Next": "done"}, done={"Type": "Succeed"})).unbounded == ""


def test_a_job_that_waits_for_capacity_costs_what_one_job_costs() -> None:
    loop = WaitLoop(step="train", kind=TRAINING_KIND, seconds=7200)
    waiting = dict(loop.wrap(build_state("train", {**TRAINING, "End": True})).states)
    job = only(states(**waiting))
    assert (job.runs, job.unbounded) == (1, "")
    waiting["train may wait?"]["Choices"][0]["Not"]["And"].pop()  # now it repeats a job that failed, too
    assert only(states(**waiting)).unbounded == "the workflow can come back to it any number of times"


def test_the_types_among_which_sagemaker_chooses_are_one_job() -> None:
    preferences = [{"InstanceType": "ml.g5.xlarge"}, {"InstanceType": "ml.p3.2xlarge"}]
    resources = {"InstancePreferences": preferences, "InstanceCount": 3}
    job = only(states(train={**TRAINING, "Parameters": {**TRAINING["Parameters"], "ResourceConfig": resources}}))
    assert (job.instance, job.instances, job.preferences) == (
        "ml.g5.xlarge",
        3,
        ("ml.g5.xlarge", "ml.p3.2xlarge"),
    )
    assert only(states(train=TRAINING)).preferences == ()


def test_a_cluster_of_several_types_has_a_line_for_each() -> None:
    groups = [{"InstanceType": "ml.g5.xlarge", "InstanceCount": 1}, {"InstanceType": "ml.m5.large", "InstanceCount": 3}]
    request = {**TRAINING["Parameters"], "ResourceConfig": {"InstanceGroups": groups}}
    jobs = list_planned_jobs(states(train={**TRAINING, "Parameters": request}))
    assert [(job.instance, job.instances) for job in jobs] == [("ml.g5.xlarge", 1), ("ml.m5.large", 3)]


def test_jobs_of_other_kinds_are_named_and_not_priced() -> None:
    label = {"Type": "Task", "Resource": "arn:aws:states:::sagemaker:createLabelingJob.sync"}
    assert only(states(label=label)).unbounded == "what this integration starts is not known"


def test_each_trial_of_a_search_is_a_training_job_and_some_run_at_once() -> None:
    limits = {"MaxNumberOfTrainingJobs": 20, "MaxParallelTrainingJobs": 4}
    config = {"HyperParameterTuningJobConfig": {"ResourceLimits": limits}}
    request = {**config, "TrainingJobDefinition": TRAINING["Parameters"]}
    resource = "arn:aws:states:::sagemaker:createHyperParameterTuningJob.sync"
    job = only(states(train={"Type": "Task", "Resource": resource, "Parameters": request}))
    assert (job.kind, job.instance, job.spot, job.max_runtime) == ("training", "ml.g5.xlarge", True, 7200)
    assert (job.runs, job.parallel, job.most_instances, job.unbounded) == (20, 4, 8, "")
    limits["MaxParallelTrainingJobs"] = 30
    assert only(states(train={"Type": "Task", "Resource": resource, "Parameters": request})).parallel == 20


def test_a_search_of_unknown_length_has_no_known_cost() -> None:
    resource = "arn:aws:states:::sagemaker:createHyperParameterTuningJob.sync"
    request = {"TrainingJobDefinition": TRAINING["Parameters"]}
    job = only(states(train={"Type": "Task", "Resource": resource, "Parameters": request}))
    assert job.unbounded == "only the run knows how many trials it has"
