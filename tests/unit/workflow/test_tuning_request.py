"""The request of a tuning job: nothing of the training request is dropped."""

from __future__ import annotations

from typing import Any

import pytest

from pushtrain.catalog.api import find_request_problems
from pushtrain.config import load_config
from pushtrain.platform import Platform
from pushtrain.workflow import Pipeline

TRAIN = """model: churn
data: {raw: s3://lake/raw/}
tags: {team: risk}
kms: {volume: alias/models, output: alias/models}
network: {vpc: {subnets: [subnet-0a1b2c3d], security_groups: [sg-0a1b2c3d]}, encrypt_between_containers: true}
train:
  framework: pytorch 2.6
  instance: ml.m5.xlarge
  instances: 2
  script: steps/fit.py
  metrics: {auc: 'auc=([0-9.]+);'}
  hyperparameters: {rate: 0.1, kind: a, epochs: 9}
  environment: {A: b}
  spot: true
  max_runtime: 1h
  retries: 3
  sagemaker: {AlgorithmSpecification: {TrainingInputMode: FastFile}}
"""
TUNE = (
    "  tune: {minimize: auc, trials: 20, parallel: 4, patience: 6, ranges: {"
    "rate: {min: 0.001, max: 1, scale: log}, depth: {min: 2, max: 8}, kind: [a, '1', 1, true]}}\n"
)


def build(config: str, step: str = "train", platform: Platform | None = None) -> dict[str, Any]:
    pipeline = Pipeline(load_config(config.encode()).config, platform or Platform.local())
    return pipeline.build_request(step)[1]


def test_each_trial_gets_the_inference_code_so_that_the_best_one_can_serve() -> None:
    config = f"{TRAIN}{TUNE}register: {{inference: {{code: [inference.py]}}}}\n"
    environment = build(config)["TrainingJobDefinition"]["Environment"]
    assert environment["PUSHTRAIN_INFERENCE_CODE"] == '["inference.py"]'


def test_a_trial_has_every_member_that_the_training_job_would_have() -> None:
    request, training = build(TRAIN + TUNE), build(TRAIN)
    trial = request["TrainingJobDefinition"]
    moved = {"TrainingJobName.$", "Tags", "HyperParameters", "CheckpointConfig"}
    assert {name: value for name, value in training.items() if name not in moved} == {
        name: value for name, value in trial.items() if name != "StaticHyperParameters"
    }
    assert request["Tags"] == training["Tags"]
    assert trial["StaticHyperParameters"] == {
        name: text for name, text in training["HyperParameters"].items() if name not in {"rate", "kind"}
    }
    assert find_request_problems("CreateHyperParameterTuningJob", request) == []


def test_ranges_and_limits_are_those_of_config_yaml() -> None:
    search = build(TRAIN + TUNE)["HyperParameterTuningJobConfig"]
    assert search == {
        "Strategy": "Bayesian",
        "HyperParameterTuningJobObjective": {"Type": "Minimize", "MetricName": "auc"},
        "ResourceLimits": {"MaxNumberOfTrainingJobs": 20, "MaxParallelTrainingJobs": 4},
        "ParameterRanges": {
            "ContinuousParameterRanges": [
                {"Name": "rate", "MinValue": "0.001", "MaxValue": "1", "ScalingType": "Logarithmic"}
            ],
            "IntegerParameterRanges": [{"Name": "depth", "MinValue": "2", "MaxValue": "8", "ScalingType": "Auto"}],
            "CategoricalParameterRanges": [{"Name": "kind", "Values": ['"a"', '"1"', "1", "true"]}],
        },
        "TrainingJobEarlyStoppingType": "Off",
        "RandomSeed": 1,
        "TuningJobCompletionCriteria": {"BestObjectiveNotImproving": {"MaxNumberOfTrainingJobsNotImproving": 6}},
    }


def test_a_grid_has_a_trial_for_each_combination() -> None:
    tune = "  tune: {maximize: auc, strategy: grid, ranges: {a: [1, 2], b: [x, y, z]}}\n"
    search = build(TRAIN + tune)["HyperParameterTuningJobConfig"]
    assert (search["Strategy"], search["ResourceLimits"]["MaxNumberOfTrainingJobs"]) == ("Grid", 6)


def test_choices_of_an_image_without_a_script_are_plain_texts() -> None:
    config = (
        "model: m\ndata: {train: {s3: s3://lake/raw/, content_type: text/csv}}\n"
        "train: {framework: xgboost 1.7-1, script: none, metrics: {auc: 'auc:([0-9.]+)'}, "
        "tune: {maximize: auc, trials: 2, ranges: {booster: [gbtree, dart], fast: [true, false]}}}\n"
    )
    ranges = build(config)["HyperParameterTuningJobConfig"]["ParameterRanges"]["CategoricalParameterRanges"]
    assert [entry["Values"] for entry in ranges] == [["gbtree", "dart"], ["true", "false"]]


@pytest.mark.parametrize(("prefix", "redrives"), [("p", "0"), ("p" * 16, "9")])
def test_the_longest_name_has_32_characters_and_begins_with_the_stem(prefix: str, redrives: str) -> None:
    config = load_config((TRAIN + TUNE).encode()).config
    platform = Platform.local()
    name = Pipeline(config, platform).build_request("train")[1]["HyperParameterTuningJobName.$"]
    assert name == "States.Format('pushtrain-{}-aa-{}-0', $$.Execution.Input.short, $$.Execution.RedriveCount)"
    template = name.split("'")[1].replace("pushtrain", prefix)
    assert len(template.format("0a1b2c3d", redrives)) <= 32


def test_two_searches_of_a_run_have_different_names() -> None:
    step = "steps: {embed: {kind: training, framework: sklearn 1.2-1, script: a.py, inputs: [data.raw], "
    step += "metrics: {auc: 'auc=([0-9.]+);'}, tune: {maximize: auc, trials: 2, ranges: {a: [1, 2]}}}}\n"
    names = {build(TRAIN + TUNE + step, name)["HyperParameterTuningJobName.$"] for name in ("train", "embed")}
    assert {name.split("-")[2] for name in names} == {"aa", "ab"}
