"""The gate: read evaluation.json, check that its metrics are numbers, compare them with the conditions. Pure.

Choice states and intrinsics use copies of the metrics, `$.metrics.m0`, `$.metrics.m1` and so on: some ASL interpreters
misread bracket paths inside intrinsics, and the definition is easier to read. If a metric is missing or no finite
number, the run fails and names it: this must not look like a gate that was not met.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

from pushtrain.config import Condition, find_evaluation_source, parse_metric
from pushtrain.layout import EVALUATION_FILE
from pushtrain.workflow.context import Pipeline
from pushtrain.workflow.runtime_values import build_source_key
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


def build_metric_paths(conditions: Iterable[Condition]) -> dict[str, str]:
    """Return the path of each metric's copy: metric as config.yaml names it -> `$.metrics.m0`."""
    metrics = dict.fromkeys(condition.metric for condition in conditions)
    return {metric: f"$.metrics.m{index}" for index, metric in enumerate(metrics)}


def read_metrics(pipeline: Pipeline) -> Fragment:
    """Read evaluation.json, copy the gate's metrics to `$.metrics` and check that each is a finite number.

    Empty if config.yaml has no gate.
    """
    copies = build_metric_paths(pipeline.conditions)
    source = find_evaluation_source(pipeline.config)
    if not copies or source is None:
        return EMPTY
    read = build_task(
        "read metrics",
        f"arn:{pipeline.platform.partition}:states:::aws-sdk:s3:getObject",
        {"Bucket": pipeline.platform.artifact_bucket, "Key.$": build_source_key(source, EVALUATION_FILE)},
        ResultSelector={"evaluation.$": "States.StringToJson($.Body)"},
        ResultPath="$.read",
    )
    copy: State = {
        "Type": "Pass",
        "Parameters": {  # without the rest of evaluation.json, which may take most of the 256 KB of a state's input
            "jobs.$": "$.jobs",
            "metrics": {f"m{index}.$": _build_source_path(metric) for index, metric in enumerate(copies)},
        },
    }
    return chain(read, _require_metrics(copies), build_state("copy metrics", copy), _require_numbers(copies))


def build_gate(conditions: Sequence[Condition], *, passed: Fragment, otherwise: Fragment) -> Fragment:
    """Go on with `passed` if every condition holds, else with `otherwise`. Without conditions, with `passed`."""
    if not conditions:
        return passed
    rules = [{"Variable": variable, operator: number} for variable, operator, number in list_comparisons(conditions)]
    return build_choice("gate", {"And": rules}, then=passed, otherwise=otherwise)


def list_comparisons(conditions: Sequence[Condition]) -> Iterator[tuple[str, str, float]]:
    """Yield what the gate compares, such as ("$.metrics.m0", "NumericGreaterThanEquals", 0.9). All must be true."""
    copies = build_metric_paths(conditions)
    for condition in conditions:
        for operator, number in condition.kind.build_comparisons(condition.bound).items():
            yield copies[condition.metric], operator, number


def describe_verdict(conditions: Sequence[Condition]) -> str:
    """Return an intrinsic for text such as `gate not met: accuracy 0.91 (>= 0.93), auc 0.97 (>= 0.9)`."""
    copies = build_metric_paths(conditions)
    parts = []
    for condition in conditions:
        bound = f"{condition.kind.ascii_symbol} {json.dumps(condition.bound)}"
        parts.append(f"{escape(condition.metric)} {{}} ({bound})")
    return format_string("gate not met: " + ", ".join(parts), *(copies[condition.metric] for condition in conditions))


def _build_source_path(metric: str) -> str:
    """Return the path of a metric in evaluation.json: `$.read.evaluation['binary']['accuracy']`."""
    keys = parse_metric(metric)
    return "$.read.evaluation" + "".join(f"[{key}]" if isinstance(key, int) else build_path(key) for key in keys)


def _require_metrics(copies: dict[str, str]) -> Fragment:
    """Go on only if evaluation.json has every metric."""
    rules = []
    for index, metric in enumerate(copies):
        cause = f"evaluation.json has no metric {metric!r}, which config.yaml's register.when asks for. {NO_REDRIVE}"
        missing = fail(f"metric {index + 1} missing", "MetricMissing", cause)
        rules.append(({"Not": {"Variable": _build_source_path(metric), "IsPresent": True}}, missing))
    return guard("metrics present?", rules)


def _require_numbers(copies: dict[str, str]) -> Fragment:
    """Go on only if every metric is a finite number. NaN fails both comparisons."""
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
