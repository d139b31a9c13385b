"""Read the metrics of a gate from the text of evaluation.json. Pure.

In: what the evaluation step wrote, as bytes, and the metrics that the gate compares. Out: their values, or a
DecideError in words for the author of the script.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from pushtrain.catalog.suggest import find_closest
from pushtrain.config.issue import quote
from pushtrain.config.values.metric import MetricKeys, format_metric_path, parse_metric
from pushtrain.decide.metrics import NoValue, find_non_finite, find_value, flatten_metrics, is_finite
from pushtrain.errors import EvaluationNotJson, MetricMissing, MetricNameUnreadable, MetricNotANumber
from pushtrain.visible import find_control

MAX_LISTED_METRICS = 5  # metrics that a message lists
MAX_SUGGESTED_METRICS = 1000  # metrics that a message may suggest: to compare more names takes seconds
VALUE = "value"  # the last key of a metric in the format of SageMaker Model Monitor


def parse_evaluation(body: bytes) -> object:
    """Return evaluation.json as plain values. Raises EvaluationNotJson, or MetricNotANumber for NaN and Infinity."""
    try:
        evaluation: object = json.loads(body)
    except RecursionError as error:
        raise _not_json_error("it is nested too deeply") from error
    except ValueError as error:
        raise _not_json_error(str(error)) from error
    if paths := find_non_finite(evaluation):
        raise MetricNotANumber(
            f"evaluation.json: {_list_first(paths)} is NaN or Infinity, which JSON cannot hold. Write a finite number"
        )
    return evaluation


def check_names(evaluation: object) -> None:
    """Raise MetricNameUnreadable if the name of a metric could change what an approver reads on the screen."""
    for path in flatten_metrics(evaluation, in_lists=True):
        if control := find_control(path):
            raise MetricNameUnreadable(
                f"evaluation.json: the name of the metric {quote(path)} has the character {control}, which cannot be "
                "seen. Write it without this character"
            )


def read_metrics(evaluation: object, metrics: Iterable[str], *, key: str = "register.when") -> dict[str, float]:
    """Return the value of each metric. Raises MetricMissing or MetricNotANumber, which name the metric.

    `key` is the key of config.yaml that asks for the metrics.
    """
    values = {metric: _require_value(evaluation, metric, key) for metric in metrics}
    return {metric: _require_number(evaluation, metric, value) for metric, value in values.items()}


def _require_value(evaluation: object, metric: str, key: str) -> object:
    try:
        return find_value(evaluation, parse_metric(metric))
    except NoValue as error:
        hint = _suggest_metric(evaluation, parse_metric(metric))
        raise MetricMissing(
            f"evaluation.json has no metric {metric!r}, which config.yaml's {key} asks for.{hint}"
        ) from error


def _require_number(evaluation: object, metric: str, value: object) -> float:
    if isinstance(value, int | float) and is_finite(value):
        return value
    inner_names = _find_inside(_list_names(evaluation), parse_metric(metric))
    hint = f" Did you mean {min(inner_names, key=len)!r}?" if inner_names else ""
    raise MetricNotANumber(
        f"metric {metric!r} of evaluation.json is not a finite number, so the gate cannot judge it.{hint}"
    )


def _suggest_metric(evaluation: object, keys: MetricKeys) -> str:
    """Suggest a metric: one with the same key elsewhere in the document, or with a similar name."""
    names = _list_names(evaluation)
    last_key = next((key for key in reversed(keys) if isinstance(key, str) and key != VALUE), VALUE)
    same_key = [name for name, name_keys in names.items() if last_key in name_keys]
    candidates = _find_inside(names, keys) or same_key
    if suggestion := min(candidates, key=len, default=None) or find_closest(format_metric_path(keys), names):
        return f" Did you mean {suggestion!r}?"
    return f" It has: {_list_first(list(names))}" if names else " It has no metric at all"


def _list_names(evaluation: object) -> dict[str, MetricKeys]:
    """Return the keys of the metrics that a message may suggest, by path: first those that are not in lists."""
    outside, everywhere = flatten_metrics(evaluation), flatten_metrics(evaluation, in_lists=True)
    paths = islice(dict.fromkeys((*outside, *everywhere)), MAX_SUGGESTED_METRICS)
    return {path: keys for path in paths if (keys := _parse_path(path))}


def _parse_path(path: str) -> MetricKeys:
    """Return the keys of a path; empty if config.yaml cannot name it: a script may use any name for a metric."""
    try:
        return parse_metric(path)
    except ValueError:
        return ()


def _find_inside(names: Mapping[str, MetricKeys], keys: MetricKeys) -> list[str]:
    """Return the names of the metrics below `keys`."""
    return [name for name, name_keys in names.items() if name_keys[: len(keys)] == keys]


def _list_first(paths: Sequence[str]) -> str:
    return ", ".join(paths[:MAX_LISTED_METRICS]) + (" …" if len(paths) > MAX_LISTED_METRICS else "")


def _not_json_error(reason: str) -> EvaluationNotJson:
    return EvaluationNotJson(f"evaluation.json is not JSON: {reason}. Write it with json.dump")
