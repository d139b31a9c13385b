"""Metrics against a gate's conditions, and which way each metric is better. Pure."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from pushtrain.config import Condition, parse_metric
from pushtrain.runs import format_metric_path

Direction = Literal[1, -1, 0]  # higher is better, lower is better, not known
BOUND_OPERATORS: Mapping[str, tuple[str, Callable[[float, float], bool], Direction]] = {
    "at_least": ("≥", operator.ge, 1),
    "at_most": ("≤", operator.le, -1),
    "above": (">", operator.gt, 1),
    "below": ("<", operator.lt, -1),
}
# What a metric's last word says of its direction, after words such as `validation_` and `weighted_` are taken off.
PREFIXES = re.compile(r"^((train|training|validation|valid|val|test|eval|weighted|macro|micro|mean|balanced)_)+")
HIGHER = re.compile(
    r"acc(uracy)?|(roc_|pr_)?auc|average_precision|precision|recall|f0_5|f1(_score)?|f2|r2(_score)?|explained_variance|"
    r"specificity|sensitivity|true_(positive|negative)_rate|kappa|mcc|ndcg|map|iou|dice|bleu|rouge"
)
LOWER = re.compile(
    r"(log_)?loss|cross_entropy|mae|mse|rmse|rmsle|s?mape|error(_rate)?|brier(_score)?|ece|perplexity|"
    r"false_(positive|negative)_rate|wer|cer"
)


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """One condition and what the metric was; `value` is None where evaluation.json no longer tells it."""

    metric: str
    symbol: str
    bound: float
    value: float | None
    met: bool | None

    @property
    def margin(self) -> float | None:
        """By how much the metric is above the bound; negative below it."""
        return None if self.value is None else self.value - self.bound


def judge_conditions(conditions: Iterable[Condition], metrics: Mapping[str, float]) -> tuple[Verdict, ...]:
    """A verdict for each condition, in the order of config.yaml."""
    return tuple(_judge(condition, metrics) for condition in conditions)


def read_directions(conditions: Iterable[Condition]) -> dict[str, Direction]:
    """What the gate itself says: dotted path -> direction."""
    return {format_metric_path(parse_metric(each.metric)): BOUND_OPERATORS[each.bound[0]][2] for each in conditions}


def find_direction(metric: str, known: Mapping[str, Direction]) -> Direction:
    """Which way is better: by the gate, else by the metric's common name; 0 where neither tells."""
    if metric in known:
        return known[metric]
    word = PREFIXES.sub("", shorten_metric(metric).lower().replace("-", "_"))
    return 1 if HIGHER.fullmatch(word) else -1 if LOWER.fullmatch(word) else 0


def shorten_metric(metric: str) -> str:
    """`binary_classification_metrics.accuracy.value` reads as `accuracy`."""
    parts = [part for part in parse_metric(metric) if part != "value"] if _readable(metric) else [metric]
    return parts[-1] if parts else metric


def _readable(metric: str) -> bool:
    try:
        return bool(parse_metric(metric))
    except ValueError:  # a script may name its metrics as it likes
        return False


def _judge(condition: Condition, metrics: Mapping[str, float]) -> Verdict:
    bound, wanted = condition.bound
    symbol, holds, _ = BOUND_OPERATORS[bound]
    name = format_metric_path(parse_metric(condition.metric))
    value = metrics.get(name)
    met = None if value is None else holds(value, wanted)
    return Verdict(metric=name, symbol=symbol, bound=wanted, value=value, met=met)
