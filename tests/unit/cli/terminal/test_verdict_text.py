"""The lines about a gate: each condition with its value, champion and groups, and what a short list leaves out."""

from __future__ import annotations

from collections.abc import Sequence

import click
import msgspec
import pytest

from pushtrain.cli.terminal.verdict_text import (
    MOST_CONDITIONS,
    describe_others,
    format_groups,
    format_verdict,
    select_conditions,
)
from pushtrain.config import Condition
from pushtrain.decide.verdict import ChampionResult, Comparison, Verdict, judge
from pushtrain.report.verdict import JudgedCondition, list_judged_conditions
from tests.sample_verdict import build_verdict

MARGIN = Condition(metric="auc", at_least="champion + 0.002")
ACCURACY = Condition(metric="accuracy", at_least=0.9)
WORST = Condition.model_validate({"metric": "recall", "by": "region", "worst": {"at_least": 0.9}})
SPREAD = Condition.model_validate({"metric": "recall", "by": "region", "spread": {"at_most": 0.05}})
SHOW = "pushtrain runs show r1"


def lines(verdict: Verdict | None) -> list[str]:
    return [click.unstyle(line) for line in format_verdict(verdict)]


def gate(holds: int, fails: int) -> Sequence[JudgedCondition]:
    """Conditions of a gate: first those that hold."""
    bounds = [0.1] * holds + [0.9] * fails
    conditions = [Condition(metric=f"m{number}", at_least=bound) for number, bound in enumerate(bounds)]
    return list_judged_conditions(build_verdict({condition.metric: 0.5 for condition in conditions}, *conditions))


def test_each_condition_has_the_value_of_the_champion_and_the_difference() -> None:
    champion = ChampionResult(status="compared", version=3)
    results = judge(
        [ACCURACY, MARGIN], {"auc": 0.934, "accuracy": 0.8}, {}, Comparison(champion=champion, values={"auc": 0.93})
    )
    verdict = msgspec.structs.replace(build_verdict({"auc": 0.934}), conditions=results, champion=champion)
    assert lines(verdict) == [
        "champion    version 3",
        "✗ accuracy 0.8 ≥ 0.9",
        "✓ auc 0.934 ≥ champion + 0.002 = 0.932 · champion 0.93, difference +0.004",
    ]


@pytest.mark.parametrize(("passes", "mark"), [(True, "–"), (False, "✗")])
def test_a_condition_that_was_not_compared_has_no_tick(passes: bool, mark: str) -> None:
    champion = ChampionResult(status="none")
    results = judge([MARGIN], {"auc": 0.934}, {}, Comparison(champion=champion, holds_without=passes))
    verdict = msgspec.structs.replace(build_verdict({"auc": 0.934}), conditions=results, champion=champion)
    assert lines(verdict) == [
        "champion    no version is in service",
        f"{mark} auc 0.934 ≥ champion + 0.002 (not compared)",
    ]


def test_groups_stand_below_the_first_condition_about_them() -> None:
    groups = {"recall": {"north": 0.96, "south": 0.92}}
    by_label = {condition.label: groups["recall"] for condition in (WORST, SPREAD)}
    verdict = msgspec.structs.replace(build_verdict({}), conditions=judge([WORST, SPREAD], {}, by_label))
    assert lines(verdict) == [
        "✓ worst recall by region 0.92 ≥ 0.9",
        "    north 0.96 · south 0.92",
        "✓ spread recall by region 0.04 ≤ 0.05",
    ]


def test_of_many_groups_the_lowest_and_the_highest_are_shown() -> None:
    text = format_groups({f"g{number}": number / 100 for number in range(40)})
    assert text == "g0 0 · g1 0.01 · g2 0.02 · g3 0.03 · … 32 more … · g36 0.36 · g37 0.37 · g38 0.38 · g39 0.39"


def test_a_small_gate_is_shown_whole_and_in_order() -> None:
    conditions = gate(2, 1)
    assert (select_conditions(conditions), describe_others(conditions, SHOW)) == (tuple(conditions), "")


@pytest.mark.parametrize(
    ("holds", "fails", "shown", "others"),
    [
        (120, 0, 0, f"all 120 conditions hold: `{SHOW}`"),
        (118, 2, 2, f"118 more hold: `{SHOW}`"),
        (100, 20, MOST_CONDITIONS, f"10 more do not hold, 100 hold: `{SHOW}`"),
        (0, 120, MOST_CONDITIONS, f"110 more do not hold: `{SHOW}`"),
    ],
)
def test_of_a_large_gate_only_what_does_not_hold_is_shown(holds: int, fails: int, shown: int, others: str) -> None:
    conditions = gate(holds, fails)
    selected = select_conditions(conditions)
    assert (len(selected), any(condition.met for condition in selected)) == (shown, False)
    assert describe_others(conditions, SHOW) == others


def test_a_gate_of_numbers_has_its_conditions_and_no_champion() -> None:
    assert lines(None) == []
    assert lines(build_verdict({"accuracy": 1.0}, ACCURACY)) == ["✓ accuracy 1 ≥ 0.9"]
