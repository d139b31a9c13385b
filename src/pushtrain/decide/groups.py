"""Metrics of groups of rows, such as regions: `groups` of evaluation.json. Pure.

In: evaluation.json as plain values, `{"groups": {"region": {"north": {"recall": 0.81}, "south": {…}}}}`, and the
conditions of the gate. Out: the value of the metric in each group, or a DecideError in words for the author of the
script.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from pushtrain.catalog.suggest import did_you_mean
from pushtrain.config.issue import quote
from pushtrain.config.values.metric import MetricKeys, parse_metric
from pushtrain.decide.metrics import NoValue, find_value, is_finite, subtract
from pushtrain.errors import MetricMissing, MetricNotANumber

if TYPE_CHECKING:
    from pushtrain.config import Condition

GROUPS = "groups"
Values = Mapping[str, float]  # {"north": 0.81}


def read_groups(evaluation: object, conditions: Iterable[Condition]) -> dict[str, dict[str, float]]:
    """Return the values of each condition that has `by`, by its label: {"worst recall by region": {"north": 0.81}}.

    Raises MetricMissing or MetricNotANumber, which name the group.
    """
    return {
        condition.label: _read_values(evaluation, condition.by, condition.metric)
        for condition in conditions
        if condition.by
    }


def aggregate_groups(condition: Condition, values: Values) -> float:
    """Return the worst value of the groups, or the exact difference between the highest and the lowest."""
    if condition.aggregate == "spread":
        return subtract(max(values.values()), min(values.values()))
    return min(values.values()) if condition.kind.direction > 0 else max(values.values())


def select_groups(metrics: Values, by: str, metric: str) -> dict[str, float]:
    """Return the value of each group among metrics by path: those of `groups.region.north.recall` and its like."""
    values: dict[str, float] = {}
    for path, value in metrics.items():
        keys = _parse_path(path)
        if keys[:2] == (GROUPS, by) and keys[3:] == parse_metric(metric):
            values[str(keys[2])] = value
    return values


def _read_values(evaluation: object, by: str, metric: str) -> dict[str, float]:
    groupings = evaluation.get(GROUPS) if isinstance(evaluation, Mapping) else None
    groupings = groupings if isinstance(groupings, Mapping) else {}
    groups = groupings.get(by)
    if not isinstance(groups, Mapping) or not groups:
        raise MetricMissing(
            f"evaluation.json has no groups {quote(by)}, which config.yaml's register.when asks for"
            f"{did_you_mean(by, map(str, groupings)) or '.'} Write groups: {{{by}: {{GROUP: {{{metric}: …}}}}}}"
        )
    return {str(name): _require_number(metrics, by, str(name), metric) for name, metrics in groups.items()}


def _require_number(metrics: Any, by: str, name: str, metric: str) -> float:
    try:
        value = find_value(metrics, parse_metric(metric))
    except NoValue as error:
        raise MetricMissing(
            f"group {quote(name)} of {quote(by)} in evaluation.json has no metric {metric!r}, which config.yaml's "
            "register.when asks for"
        ) from error
    if isinstance(value, int | float) and is_finite(value):
        return value
    raise MetricNotANumber(
        f"metric {metric!r} of group {quote(name)} of {quote(by)} in evaluation.json is not a finite number, so the "
        "gate cannot judge it"
    )


def _parse_path(path: str) -> MetricKeys:
    """Return the keys of a path; empty if it is none: a script may use any name for a metric."""
    try:
        return parse_metric(path)
    except ValueError:
        return ()
