"""Metrics of evaluation.json: the numbers by path, the value at a path, and short names for people. Pure.

A path is that of `metric:` in config.yaml: `binary.auc.value`, `metrics[0].value`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import islice

from pushtrain.config.values.metric import MetricKeys, format_metric_path, parse_metric

# Limits, because a script may write anything: characters of a metric's path, and the number of values that are read.
MAX_PATH_LENGTH = 500
MAX_LEAVES = 100_000


class NoValue(LookupError):
    """evaluation.json has nothing at this path."""


def flatten_metrics(evaluation: object, *, in_lists: bool = False) -> dict[str, float]:
    """Return the finite numbers by path, those in lists only with `in_lists`: lists are mostly curves."""
    numbers = islice(_list_numbers(evaluation, in_lists=in_lists), MAX_LEAVES)
    return {path: value for path, value in numbers if is_finite(value)}


def find_non_finite(evaluation: object) -> list[str]:
    """Return the paths of NaN and Infinity, which Python writes although JSON has neither."""
    numbers = islice(_list_numbers(evaluation, in_lists=True), MAX_LEAVES)
    return [path for path, value in numbers if isinstance(value, float) and not math.isfinite(value)]


def find_value(evaluation: object, keys: MetricKeys) -> object:
    """Return what evaluation.json has at a path. Raises NoValue if it has nothing there."""
    value = evaluation
    for key in keys:
        if isinstance(key, int):
            if not isinstance(value, list) or key >= len(value):
                raise NoValue
            value = value[key]
        elif isinstance(value, Mapping) and key in value:
            value = value[key]
        else:
            raise NoValue
    return value


def is_finite(value: object) -> bool:
    """Return True if `value` is a number that a float can hold, so neither NaN nor Infinity. A boolean is no number."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # an integer that is too large for a float
        return False


def shorten_metrics(metrics: Iterable[str]) -> dict[str, str]:
    """Return a short name for each metric. Metrics whose short names are equal keep their whole paths.

    `a.auc.value` and `b.loss.value` become `auc` and `loss`; `a.auc.value` and `b.auc.value` stay as they are.
    """
    names = {metric: shorten_metric(metric) for metric in metrics}
    counts = Counter(names.values())
    return {metric: name if counts[name] == 1 else metric for metric, name in names.items()}


def shorten_metric(metric: str) -> str:
    """Shorten a path: `binary.accuracy.value` becomes `accuracy`, `scores[0].value` becomes `scores[0]`."""
    try:
        keys = [key for key in parse_metric(metric) if key != "value"]
    except ValueError:  # a script may use any name for a metric
        return metric
    last_key = max((index for index, key in enumerate(keys) if isinstance(key, str)), default=0)
    last_part = keys[last_key:]
    if len(last_part) == 1 and isinstance(last_part[0], str):
        return last_part[0]  # without the quotes of a key that contains a dot
    return format_metric_path(last_part) or metric


def _list_numbers(
    node: object, path: MetricKeys = (), max_length: int = MAX_PATH_LENGTH, *, in_lists: bool
) -> Iterator[tuple[str, float]]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            if len(key) < max_length:
                yield from _list_numbers(value, (*path, key), max_length - len(key) - 1, in_lists=in_lists)
    elif isinstance(node, list) and in_lists and max_length > 0:
        for index, value in enumerate(node):
            yield from _list_numbers(value, (*path, index), max_length - len(f"[{index}]"), in_lists=in_lists)
    elif isinstance(node, int | float) and not isinstance(node, bool):
        yield format_metric_path(path), node


def subtract(value: float, other: float) -> float:
    """Return the exact difference of two numbers as they are written: 0.9 and 0.888 give 0.012."""
    return float(Decimal(repr(value)) - Decimal(repr(other)))
