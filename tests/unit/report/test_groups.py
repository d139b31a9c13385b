"""The tables of groups in a report."""

from __future__ import annotations

from typing import Any

from pushtrain.config import Condition
from pushtrain.report.groups import GroupTable, build_group_tables
from pushtrain.report.verdict import judge_conditions

METRICS = {
    "auc": 0.9,
    "groups.region.north.recall": 0.71,
    "groups.region.south.recall": 0.833,
    "groups.region.north.auc": 0.9,
}


def build_condition(metric: str, by: str | None = None, **bound: Any) -> Condition:
    members: dict[str, Any] = {"metric": metric, **({"by": by} if by else {}), **bound}
    return Condition(**members)


def test_each_grouping_has_a_table_with_a_column_for_each_metric() -> None:
    gate = [
        build_condition("auc", at_least=0.5),
        build_condition("recall", "region", worst={"at_least": 0.7}),
        build_condition("recall", "region", spread={"at_most": 0.2}),
        build_condition("auc", "region", worst={"at_least": 0.7}),
        build_condition("auc", "age", worst={"at_least": 0.7}),
    ]
    judged = judge_conditions(gate, METRICS)
    assert [(condition.name, condition.met) for condition in judged] == [
        ("auc", True),
        ("worst recall by region", True),
        ("spread recall by region", True),
        ("worst auc by region", True),
        ("worst auc by age", None),
    ]
    assert build_group_tables(judged) == [
        GroupTable(
            by="region",
            metrics=("recall", "auc"),
            rows=(("north", "0.7100", "0.9000"), ("south", "0.8330", "")),
        )
    ]


def test_a_gate_without_groups_has_no_table() -> None:
    assert build_group_tables(judge_conditions([build_condition("auc", above=0)], METRICS)) == []
