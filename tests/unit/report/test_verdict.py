from __future__ import annotations

from typing import Any

import pytest

from pushtrain.config import Condition
from pushtrain.report.verdict import find_direction, judge_conditions, list_judged_conditions, read_directions
from tests.sample_verdict import build_verdict


def test_each_bound_is_judged_as_the_state_machine_does() -> None:
    bounds: list[dict[str, Any]] = [{"at_least": 0.5}, {"at_most": 0.5}, {"above": 0.5}, {"below": 0.5}]
    conditions = [Condition(metric="m", **bound) for bound in bounds]
    met = {value: [each.met for each in judge_conditions(conditions, {"m": value})] for value in (0.4, 0.5, 0.6)}
    assert met == {0.4: [False, True, False, True], 0.5: [True, True, False, False], 0.6: [True, False, True, False]}


def test_a_metric_that_is_gone_is_no_verdict() -> None:
    (verdict,) = judge_conditions([Condition(metric="'a.b'.value", at_least=1)], {"a.b": 2.0})
    assert (verdict.metric, verdict.value, verdict.met, verdict.margin) == ("'a.b'.value", None, None, None)


def test_the_gate_tells_the_direction_before_the_name_does() -> None:
    known = read_directions([Condition(metric="accuracy", below=1), Condition(metric="oddity", above=0)])
    names = ("accuracy", "oddity", "x.weighted_f1.value", "validation_loss")
    assert [find_direction(name, known) for name in names] == [-1, 1, 1, -1]


@pytest.mark.parametrize("name", ["rows", "accuracy_best_constant_classifier.value", "f1.standard_deviation", "''"])
def test_who_does_not_know_says_nothing(name: str) -> None:
    assert find_direction(name, {}) == 0


def test_two_conditions_of_one_metric_have_its_short_name() -> None:
    conditions = [Condition(metric="a.auc", above=0.5), Condition(metric="'a'.auc", below=1)]
    assert [verdict.name for verdict in judge_conditions(conditions, {})] == ["auc", "auc"]


def test_a_verdict_is_shown_as_it_was_given() -> None:
    conditions = (Condition(metric="a.auc.value", at_least=0.9), Condition(metric="losses[0]", below=1))
    verdict = build_verdict({"a.auc.value": 0.5, "losses[0]": 0.25}, *conditions)
    shown = [(c.metric, c.name, c.symbol, c.bound, c.value, c.met) for c in list_judged_conditions(verdict)]
    assert shown == [
        ("a.auc.value", "auc", "≥", 0.9, 0.5, False),
        ("losses[0]", "losses[0]", "<", 1.0, 0.25, True),
    ]
