"""Warnings for an approver, each with all that it is about."""

from __future__ import annotations

from pushtrain.config import load_config
from pushtrain.report.review_warnings import list_unmet_conditions, list_worse_metrics
from pushtrain.report.verdict import judge_conditions, read_directions
from tests.unit.report.report_facts import CONFIG, METRICS, version

CONDITIONS = load_config(CONFIG).config.conditions
DIRECTIONS = read_directions(CONDITIONS)


def test_all_metrics_that_are_worse_are_one_warning() -> None:
    serving = version(2, metrics={name: value + (0.02 if "auc" in name else -0.1) for name, value in METRICS.items()})
    assert list(list_worse_metrics(version(3), serving, DIRECTIONS, ())) == [
        "it is worse than version 2, which serves: auc is 0.9700, there 0.9900; loss is 0.3500, there 0.2500"
    ]
    assert list(list_worse_metrics(version(3), version(2), DIRECTIONS, ())) == []
    assert list(list_worse_metrics(version(3), None, DIRECTIONS, ())) == []


def test_metrics_on_other_data_are_not_compared() -> None:
    assert list(list_worse_metrics(version(3), version(2), DIRECTIONS, ("raw", "labels"))) == [
        "its metrics cannot be compared with those of version 2, which serves: data.raw, data.labels differ"
    ]


def test_a_gate_that_nobody_knows_is_a_warning() -> None:
    [warning] = list_unmet_conditions(None)
    assert warning.startswith("today's gate is not known")
    judged = judge_conditions(CONDITIONS, {}, None)
    assert all("does not tell" in text for text in list_unmet_conditions(judged))
