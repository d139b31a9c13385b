"""Our request of a search beside the one that AWS's own HyperparameterTuner makes of the same settings."""

from __future__ import annotations

import warnings
from typing import Any

import pytest

from tests.judge.case import Case
from tests.judge.compare import fields, forks

pytestmark = [pytest.mark.judge, pytest.mark.slow]
TRAIN = {
    "framework": "pytorch 2.6.0",
    "instance": "ml.m5.xlarge",
    "instances": 2,
    "volume": "50GB",
    "max_runtime": "2h",
    "spot": True,
    "max_wait": "3h",
    "retries": 3,
    "environment": {"A": "b"},
    "metrics": {"auc": "auc=([0-9.]+);"},
    "hyperparameters": {"epochs": 3, "optimizer": "adam"},
}
RANGES = {"rate": {"min": 0.001, "max": 0.1, "scale": "log"}, "depth": {"min": 2, "max": 8}, "kind": ["a", "b"]}
PARENTS = {"3f9c1e2a4b5c-0a1b2c": "parent-a", "000000000000-ffffff": "parent-b"}
TUNE = {"maximize": "auc", "from": [*PARENTS], "trials": 20, "parallel": 4, "patience": 6, "ranges": RANGES}
DOCUMENT = {
    "model": "churn",
    "data": {"raw": "s3://lake/churn/"},
    "tags": {"team": "risk"},
    "network": {"vpc": {"subnets": ["subnet-0a1b2c3d"], "security_groups": ["sg-0a1b2c3d"]}, "isolation": True},
    "kms": {"volume": "alias/models", "output": "alias/models"},
}
TRIAL = "TrainingJobDefinition"
SAME = ("InstanceType", "InstanceCount", "VolumeSizeInGB", "VolumeKmsKeyId")
# Path of a difference -> why it is there.
ALLOWED = {
    "HyperParameterTuningJobName": "the SDK writes the time into it",
    f"{TRIAL}.Environment.AWS_DEFAULT_REGION": "as in training requests",
    f"{TRIAL}.StaticHyperParameters.sagemaker_job_name": "as in training requests",
    f"{TRIAL}.StaticHyperParameters.sagemaker_estimator_class_name": "only the SDK itself reads it",
    f"{TRIAL}.StaticHyperParameters.sagemaker_estimator_module": "only the SDK itself reads it",
    f"{TRIAL}.CheckpointConfig.S3Uri": "all trials would share it; docs/decisions/0051-tuning.md",
    f"{TRIAL}.CheckpointConfig.LocalPath": "as CheckpointConfig.S3Uri",
    # AWS takes the instances of trials in either of two members; a test below compares what is in them
    **{f"{TRIAL}.ResourceConfig.{name}": "ours is that of training requests" for name in SAME},
    **{f"{TRIAL}.HyperParameterTuningResourceConfig.{name}": "the SDK uses the newer one" for name in SAME},
}


def build_theirs(case: Case) -> dict[str, Any]:
    """Return what an SDK user's tuner would send."""
    from sagemaker import tuner
    from sagemaker.parameter import CategoricalParameter, ContinuousParameter, IntegerParameter

    from tests.judge import sdk, theirs

    ranges = {
        "rate": ContinuousParameter(0.001, 0.1, "Logarithmic"),
        "depth": IntegerParameter(2, 8),
        "kind": CategoricalParameter(["a", "b"]),
    }
    estimator = theirs.estimator(case)
    criteria = tuner.TuningJobCompletionCriteriaConfig(max_number_of_training_jobs_not_improving=6)
    search = tuner.HyperparameterTuner(
        estimator,
        "auc",
        ranges,
        metric_definitions=estimator.metric_definitions,
        max_jobs=20,
        max_parallel_jobs=4,
        random_seed=1,
        completion_criteria_config=criteria,
        warm_start_config=tuner.WarmStartConfig(tuner.WarmStartTypes.TRANSFER_LEARNING, parents=set(PARENTS.values())),
        tags=theirs.tags(case),
    )
    search.fit(theirs.channels(case) or None, wait=False, include_cls_metadata=False)
    request: dict[str, Any] = sdk.session(case.region).request
    return request


def test_a_search_differs_from_the_sdks_only_where_it_says_why() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from tests.judge import ours

        theirs = build_theirs(Case(document=DOCUMENT | {"train": TRAIN}))
        request = ours.requests(Case(document=DOCUMENT | {"train": TRAIN | {"tune": TUNE}}))["train"]
    for side in (request, theirs):  # the SDK has a set of parents
        side["WarmStartConfig"]["ParentHyperParameterTuningJobs"].sort(key=str)
    different = {".".join(fork.path): fork for fork in forks(dict(fields(request)), dict(fields(theirs)))}
    assert [str(fork) for path, fork in sorted(different.items()) if path not in ALLOWED] == []
    assert different.keys() == ALLOWED.keys()
    assert request[TRIAL]["ResourceConfig"] == theirs[TRIAL]["HyperParameterTuningResourceConfig"]
