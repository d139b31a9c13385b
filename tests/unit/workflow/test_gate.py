"""A run asks `decide` for the verdict, and a Choice follows it."""

from __future__ import annotations

from pushtrain.config import load_config
from pushtrain.platform import Platform
from pushtrain.workflow import Pipeline, build_gate, build_state, decide
from pushtrain.workflow.gate import build_metric_path

CONFIG = """model: churn
train: {framework: sklearn 1.2-1}
evaluate: {framework: sklearn 1.2-1}
register: {when: [{metric: accuracy, at_least: 0.9}, {metric: rmse, below: 2}]}
"""
PASSED, OTHERWISE = build_state("yes", {"Type": "Pass"}), build_state("no", {"Type": "Pass"})


def read_pipeline(config: str) -> Pipeline:
    return Pipeline(load_config(config.encode()).config, Platform.local())


def test_the_gate_follows_the_verdict() -> None:
    gate = build_gate(read_pipeline(CONFIG).conditions, passed=PASSED, otherwise=OTHERWISE).states["gate"]
    assert gate["Choices"] == [{"Variable": "$.verdict.passed", "BooleanEquals": True, "Next": "yes"}]
    assert gate["Default"] == "no"


def test_without_conditions_the_gate_is_open() -> None:
    assert build_gate([], passed=PASSED, otherwise=OTHERWISE) == PASSED


def test_decide_gets_the_conditions_and_the_address_of_this_runs_evaluation() -> None:
    state = decide(read_pipeline(CONFIG)).states["decide"]
    assert state["Resource"] == "arn:aws:states:::lambda:invoke"
    assert state["Parameters"]["FunctionName"] == (
        "arn:aws:lambda:us-east-1:123456789012:function:pushtrain-decide:live"
    )
    assert state["Parameters"]["Payload"] == {
        "model": "churn",
        "run.$": "$$.Execution.Name",
        "artifact": {
            "step": "train",
            "path": "/opt/ml/model",
            "key.$": "States.Format('{}/output/model.tar.gz', $.jobs.train.prefix)",
            "job.$": "$.jobs.train.name",
        },
        "evaluation": {
            "step": "evaluate",
            "path": "/opt/ml/processing/evaluation/evaluation.json",
            "key.$": "States.Format('{}/evaluation/evaluation.json', $.jobs.evaluate.prefix)",
            "job.$": "$.jobs.evaluate.name",
        },
        "conditions": [{"metric": "accuracy", "at_least": 0.9}, {"metric": "rmse", "below": 2.0}],
        "inference": {
            "image": "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3",
            "environment": {},
        },
    }
    assert state["ResultPath"] == "$.verdict"


def test_only_errors_of_lambda_itself_and_of_storage_are_retried() -> None:
    (retry,) = decide(read_pipeline(CONFIG)).states["decide"]["Retry"]
    others = [name for name in retry["ErrorEquals"] if not name.startswith("Lambda.")]
    assert others == ["Runtime.ExitError", "Sandbox.Timedout", "StorageUnavailable"]


def test_nothing_is_decided_without_a_gate() -> None:
    config = "model: churn\ntrain: {framework: sklearn 1.2-1}\n"
    assert decide(read_pipeline(config)).states == {}


def test_the_path_of_a_metric_may_have_dots_and_quotes() -> None:
    assert build_metric_path("'a.b'.value") == r"$.verdict.metrics['\'a.b\'.value']"
