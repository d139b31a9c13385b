"""The gate: evaluation.json is read, its metrics are checked to be numbers, and decide what happens to the model. Pure.

Choice states and intrinsics use only the copies `$.metrics.m0, m1 ...`: some interpreters mistake bracket paths
inside intrinsics, and a copy makes the definition readable. A metric that is missing or no finite number fails the
run by name: it must never look like a gate that was not met.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from pushtrain.config import Condition, Config, parse_metric
from pushtrain.platform import Platform
from pushtrain.workflow import jobs
from pushtrain.workflow.states import (
    EMPTY,
    NO_REDRIVE,
    Fragment,
    State,
    build_choice,
    build_path,
    build_state,
    build_task,
    chain,
    escape,
    fail,
    format_string,
    guard,
)

FLOAT_MAX = 1.7976931348623157e308
COMPARISONS = {
    "at_least": ("NumericGreaterThanEquals", ">="),
    "at_most": ("NumericLessThanEquals", "<="),
    "above": ("NumericGreaterThan", ">"),
    "below": ("NumericLessThan", "<"),
}


def build_metric_paths(conditions: Iterable[Condition]) -> dict[str, str]:
    """Where each metric of the gate is copied to: metric as written in config.yaml -> `$.metrics.mN`."""
    written = dict.fromkeys(condition.metric for condition in conditions)
    return {metric: f"$.metrics.m{index}" for index, metric in enumerate(written)}


def read_metrics(config: Config, platform: Platform) -> Fragment:
    """Read evaluation.json and copy the gate's metrics. Nothing when there is no gate to feed."""
    copies = build_metric_paths(config.conditions)
    if not copies:
        return EMPTY
    read = build_task(
        "read metrics",
        f"arn:{platform.partition}:states:::aws-sdk:s3:getObject",
        {"Bucket": platform.artifact_bucket, "Key.$": jobs.build_evaluation_key(config)},
        ResultSelector={"evaluation.$": "States.StringToJson($.Body)"},
        ResultPath="$.read",
    )
    copy: State = {
        "Type": "Pass",
        "Parameters": {  # the whole evaluation.json is left behind: it may be most of what a state can hold
            "jobs.$": "$.jobs",
            "metrics": {f"m{index}.$": _found_at(metric) for index, metric in enumerate(copies)},
        },
    }
    return chain(read, _present(copies), build_state("copy metrics", copy), _numeric(copies))


def gate(conditions: Sequence[Condition], *, passed: Fragment, otherwise: Fragment) -> Fragment:
    """`passed` when every condition holds, else `otherwise`; without conditions always `passed`."""
    if not conditions:
        return passed
    copies = build_metric_paths(conditions)
    tests = [_holds(condition, copies[condition.metric]) for condition in conditions]
    return build_choice("gate", {"And": tests}, then=passed, otherwise=otherwise)


def describe_verdict(conditions: Sequence[Condition]) -> str:
    """Intrinsic that tells each metric and its bound: `accuracy 0.91 (>= 0.93), auc 0.97 (>= 0.9)`."""
    copies = build_metric_paths(conditions)
    parts = []
    for condition in conditions:
        name, value = condition.bound
        parts.append(f"{escape(condition.metric)} {{}} ({COMPARISONS[name][1]} {json.dumps(value)})")
    return format_string("gate not met: " + ", ".join(parts), *(copies[condition.metric] for condition in conditions))


def _holds(condition: Condition, variable: str) -> State:
    name, value = condition.bound
    return {"Variable": variable, COMPARISONS[name][0]: value}


def _found_at(metric: str) -> str:
    return "$.read.evaluation" + build_path(*parse_metric(metric))


def _present(copies: dict[str, str]) -> Fragment:
    """A Choice whose only way on is that each metric is there."""
    rules = []
    for index, metric in enumerate(copies):
        cause = f"evaluation.json has no metric {metric!r}, which config.yaml's register.when asks for. {NO_REDRIVE}"
        missing = fail(f"metric {index + 1} missing", "MetricMissing", cause)
        rules.append(({"Not": {"Variable": _found_at(metric), "IsPresent": True}}, missing))
    return guard("metrics present?", rules)


def _numeric(copies: dict[str, str]) -> Fragment:
    """A Choice whose only way on is that each metric is a finite number: NaN fails both comparisons."""
    rules = []
    for index, (metric, variable) in enumerate(copies.items()):
        cause = (
            f"metric {metric!r} of evaluation.json is not a finite number, so the gate cannot judge it. {NO_REDRIVE}"
        )
        tests = [
            {"Variable": variable, "IsNumeric": True},
            {"Variable": variable, "NumericGreaterThanEquals": -FLOAT_MAX},
            {"Variable": variable, "NumericLessThanEquals": FLOAT_MAX},
        ]
        rules.append(({"Not": {"And": tests}}, fail(f"metric {index + 1} not a number", "MetricNotANumber", cause)))
    return guard("metrics numbers?", rules)
