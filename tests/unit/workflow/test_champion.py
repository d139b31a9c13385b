"""The job that evaluates the champion: the evaluation step with the champion's model and image."""

from __future__ import annotations

from typing import Any

import pytest

from pushtrain.config import load_config
from pushtrain.platform import Platform
from pushtrain.workflow import compile_workflow
from pushtrain.workflow.definition import iterate_states

GATE = "register: {when: [{metric: auc, at_least: champion + 0.002}]}\n"
TEXT = """\
model: churn
data: {raw: s3://lake/churn/}
steps:
  split: {script: split.py, framework: sklearn 1.2-1, inputs: [data.raw], outputs: [test]}
train: {framework: sklearn 1.2-1}
evaluate: {framework: sklearn 1.2-1, instance: ml.m5.xlarge, inputs: [split.test]}
"""
CANDIDATES = """\
choose: {maximize: auc}
candidates:
  base: {}
  boost: {steps: {split: {script: other.py}}}
"""


def compile_states(text: str) -> dict[str, Any]:
    return dict(iterate_states(compile_workflow(load_config(text.encode()).config, Platform.local())))


def test_the_champion_is_evaluated_as_the_new_model() -> None:
    states = compile_states(TEXT + GATE)
    own, champion = states["evaluate"]["Parameters"], states["champion"]["Parameters"]
    assert champion["AppSpecification"]["ImageUri.$"] == "$$.Execution.Input.champion.image"
    uris = {entry["InputName"]: entry["S3Input"]["S3Uri.$"] for entry in champion["ProcessingInputs"]}
    own_uris = {entry["InputName"]: entry["S3Input"]["S3Uri.$"] for entry in own["ProcessingInputs"]}
    assert uris == own_uris | {"model": "$$.Execution.Input.champion.uri"}
    alike = own.keys() - {"AppSpecification", "ProcessingInputs", "ProcessingJobName.$", "ProcessingOutputConfig"}
    assert {key: champion[key] for key in alike} == {key: own[key] for key in alike}
    assert "/champion/" in champion["ProcessingOutputConfig"]["Outputs"][0]["S3Output"]["S3Uri.$"]


def test_a_champion_that_fails_does_not_stop_the_run() -> None:
    states = compile_states(TEXT + GATE)
    (rule,) = states["champion"]["Catch"]
    assert (rule["ErrorEquals"], rule["ResultPath"]) == (["States.ALL"], "$.champion")
    assert [states[name]["Next"] for name in ("champion", "champion failed", "no champion")] == ["decide"] * 3
    assert states["champion?"]["Choices"][0]["Variable"] == "$$.Execution.Input.champion.uri"


def test_a_gate_of_numbers_evaluates_no_champion() -> None:
    states = compile_states(TEXT + GATE.replace("champion + 0.002", "0.9"))
    assert not [name for name in states if "champion" in name]
    assert "champion" not in states["decide"]["Parameters"]["Payload"]


def test_the_champion_is_evaluated_as_the_candidate_that_it_was() -> None:
    states = compile_states(TEXT + GATE + CANDIDATES)
    assert states["champion was boost?"]["Choices"][0] == {
        "Variable": "$$.Execution.Input.champion.candidate",
        "StringEquals": "boost",
        "Next": "champion-boost has data?",
    }
    assert states["champion was boost?"]["Default"] == "champion-base has data?"
    assert states["champion-boost has data?"]["Choices"][0]["And"] == [
        {"Variable": "$.candidates.boost.jobs.boost_split", "IsPresent": True}
    ]
    inputs = states["champion-boost"]["Parameters"]["ProcessingInputs"]
    uris = {entry["InputName"]: entry["S3Input"]["S3Uri.$"] for entry in inputs}
    assert "$.candidates.boost.jobs.boost_split.prefix" in uris["test"]
    assert states["champion-boost has no data"]["Result"] == {
        "Error": "NoTestData",
        "Cause": "candidate boost, whose data it is tested on, failed",
    }


@pytest.mark.parametrize("outcome", ["pass", "fail"])
def test_decide_gets_what_became_of_it(outcome: str) -> None:
    text = TEXT + GATE.replace("]}", f"], without_champion: {outcome}}}")
    payload = compile_states(text)["decide"]["Parameters"]["Payload"]
    assert payload["champion"] == {
        "recorded.$": "$$.Execution.Input.champion",
        "overridden.$": "$$.Execution.Input.without_champion",
        "job.$": "$.champion",
        "without": outcome,
    }
    assert payload["conditions"] == [{"metric": "auc", "at_least": "champion + 0.002"}]
