"""The lines about a comparison with the champion, in `runs show` and `models show`."""

from __future__ import annotations

import dataclasses

from pushtrain.cli.terminal.verdict_text import format_comparison
from pushtrain.config import Condition
from pushtrain.decide.verdict import ChampionResult, Comparison, judge
from tests.sample_verdict import build_verdict

MARGIN = Condition(metric="auc", at_least="champion + 0.002")
ACCURACY = Condition(metric="accuracy", at_least=0.9)


def test_each_condition_has_the_value_of_the_champion_and_the_difference() -> None:
    champion = ChampionResult(status="compared", version=3)
    results = judge(
        [ACCURACY, MARGIN], {"auc": 0.934, "accuracy": 0.8}, {}, Comparison(champion=champion, values={"auc": 0.93})
    )
    verdict = dataclasses.replace(build_verdict({"auc": 0.934}), conditions=results, champion=champion)
    assert list(format_comparison(verdict)) == [
        "champion    version 3",
        "✗ accuracy 0.8 ≥ 0.9",
        "✓ auc 0.934 ≥ champion + 0.002 = 0.932 · champion 0.93, difference +0.004",
    ]


def test_a_condition_that_was_not_compared_says_so() -> None:
    champion = ChampionResult(status="none")
    results = judge([MARGIN], {"auc": 0.934}, {}, Comparison(champion=champion, holds_without=True))
    verdict = dataclasses.replace(build_verdict({"auc": 0.934}), conditions=results, champion=champion)
    assert list(format_comparison(verdict)) == [
        "champion    no version is in service",
        "✓ auc 0.934 ≥ champion + 0.002 (not compared)",
    ]


def test_a_gate_of_numbers_has_no_such_lines() -> None:
    assert list(format_comparison(None)) == []
    assert list(format_comparison(build_verdict({"accuracy": 1.0}, ACCURACY))) == []
