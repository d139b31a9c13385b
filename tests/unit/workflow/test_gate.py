"""The gate compares metrics that are there and are numbers."""

from __future__ import annotations

from pushtrain.config import load_config
from pushtrain.platform import Platform
from pushtrain.workflow import Pipeline, build_gate, build_state, read_metrics
from pushtrain.workflow.gate import describe_verdict

CONFIG = """model: churn
train: {framework: sklearn 1.2-1}
evaluate: {framework: sklearn 1.2-1}
register: {when: [{metric: accuracy, at_least: 0.9}, {metric: rmse, below: 2}]}
"""
PASSED, OTHERWISE = build_state("yes", {"Type": "Pass"}), build_state("no", {"Type": "Pass"})


def read_pipeline(config: str) -> Pipeline:
    return Pipeline(load_config(config.encode()).config, Platform.local())


def test_every_condition_must_hold() -> None:
    gate = build_gate(read_pipeline(CONFIG).conditions, passed=PASSED, otherwise=OTHERWISE).states["gate"]
    rules = [
        {"Variable": "$.metrics.m0", "NumericGreaterThanEquals": 0.9},
        {"Variable": "$.metrics.m1", "NumericLessThan": 2},
    ]
    assert gate["Choices"] == [{"And": rules, "Next": "yes"}]
    assert gate["Default"] == "no"


def test_without_conditions_the_gate_is_open() -> None:
    assert build_gate([], passed=PASSED, otherwise=OTHERWISE) == PASSED


def test_a_metric_that_is_missing_or_no_number_fails_the_run() -> None:
    states = read_metrics(read_pipeline(CONFIG)).states
    errors = {name: state["Error"] for name, state in states.items() if state["Type"] == "Fail"}
    assert errors == {
        "metric 1 missing": "MetricMissing",
        "metric 2 missing": "MetricMissing",
        "metric 1 not a number": "MetricNotANumber",
        "metric 2 not a number": "MetricNotANumber",
    }


def test_nothing_is_read_without_a_gate() -> None:
    config = "model: churn\ntrain: {framework: sklearn 1.2-1}\n"
    assert read_metrics(read_pipeline(config)).states == {}


def test_the_verdict_names_each_metric_and_bound() -> None:
    assert describe_verdict(read_pipeline(CONFIG).conditions) == (
        "States.Format('gate not met: accuracy {} (>= 0.9), rmse {} (< 2.0)', $.metrics.m0, $.metrics.m1)"
    )
