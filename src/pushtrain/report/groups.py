"""The tables of groups in a report: the value of each metric of the gate in each group of rows. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from pushtrain.decide import shorten_metric
from pushtrain.report.scale import format_alike
from pushtrain.report.verdict import JudgedCondition


class GroupTable(Struct, frozen=True, kw_only=True):
    """One grouping, such as `region`: a row for each group, a column for each metric. All cells are texts."""

    by: str
    metrics: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def build_group_tables(conditions: Sequence[JudgedCondition]) -> list[GroupTable]:
    """Return a table for each grouping that the gate names, in the order of config.yaml."""
    groupings = dict.fromkeys(condition.by for condition in conditions if condition.groups)
    return [_build_table(by, [condition for condition in conditions if condition.by == by]) for by in groupings]


def _build_table(by: str, conditions: Sequence[JudgedCondition]) -> GroupTable:
    columns = {condition.source: condition.groups for condition in conditions if condition.groups}
    names = dict.fromkeys(name for groups in columns.values() for name in groups)
    texts = {
        metric: dict(zip(groups, format_alike(list(groups.values())), strict=True))
        for metric, groups in columns.items()
    }
    return GroupTable(
        by=by,
        metrics=tuple(shorten_metric(metric) for metric in columns),
        rows=tuple((name, *(texts[metric].get(name, "") for metric in columns)) for name in names),
    )
