"""The states of a step that searches; tests/golden/definitions/tuning has the whole definition."""

from __future__ import annotations

from typing import Any

import pytest

from pushtrain.config import load_config
from pushtrain.platform import Platform
from pushtrain.workflow import compile_workflow

CONFIG = """
model: churn
data: {raw: s3://lake/raw/}
defaults: {framework: sklearn 1.2-1}
train:
  metrics: {auc: 'auc=([0-9.]+);'}
  tune: {maximize: auc, ranges: {depth: {min: 2, max: 8}, 'a?': [1, 2]}, trials: 4}
evaluate: {}
register: {when: [{metric: auc, at_least: 0.5}]}
"""


@pytest.fixture(scope="module")
def states() -> dict[str, Any]:
    definition = compile_workflow(load_config(CONFIG.encode()).config, Platform.local())
    found: dict[str, Any] = definition["States"]
    return found


def test_the_whole_result_is_stored_because_a_best_trial_may_be_missing(states: dict[str, Any]) -> None:
    assert states["train"]["Resource"].endswith(":createHyperParameterTuningJob.sync")
    assert states["train"]["ResultPath"] == "$.searches.train"
    assert "ResultSelector" not in states["train"]


def test_a_search_without_a_model_fails_by_name(states: dict[str, Any]) -> None:
    stopped, missing = states["train found a model?"]["Choices"]
    status = "$.searches.train.HyperParameterTuningJobStatus"
    assert stopped["Not"] == {"Variable": status, "StringEquals": "Completed"}
    name = "$.searches.train.BestTrainingJob.TrainingJobName"
    assert missing["Not"] == {"Variable": name, "IsPresent": True}
    assert states[missing["Next"]]["Error"] == "NoSuccessfulTrial"
    assert states[missing["Next"]]["Cause"].startswith("No trial of train completed and logged the metric auc. ")
    assert states[stopped["Next"]]["Error"] == "JobNotCompleted"


def test_the_best_trial_is_a_job_like_any_other(states: dict[str, Any]) -> None:
    taken = states[states["train found a model?"]["Default"]]
    best = "$.searches.train.BestTrainingJob"
    assert taken["Parameters"] == {
        "name.$": f"{best}.TrainingJobName",
        "status.$": f"{best}.TrainingJobStatus",
        "arn.$": f"{best}.TrainingJobArn",
        "prefix.$": f"States.Format('churn/runs/{{}}/train/{{}}', $$.Execution.Name, {best}.TrainingJobName)",
    }
    assert (taken["ResultPath"], taken["Next"]) == ("$.jobs.train", "train completed?")


def test_the_version_carries_the_values_that_decide_read(states: dict[str, Any]) -> None:
    assert states["decide"]["Parameters"]["Payload"]["tuned"] == ["depth", "a?"]
    assert states["decide"]["ResultSelector"]["tuned.$"] == "$.Payload.tuned"
    metadata = states["register"]["Parameters"]["CustomerMetadataProperties"]
    assert metadata["tuned.depth.$"] == "$.verdict.tuned['depth']"
    assert metadata["tuned.a_.$"] == "$.verdict.tuned['a?']"
