"""The gate on the page: its conditions, with the champion's values."""

from __future__ import annotations

import msgspec

from pushtrain.config import Condition, load_config
from pushtrain.decide import ChampionResult, Verdict
from pushtrain.decide.verdict import Comparison, judge
from pushtrain.report.verdict import list_judged_conditions
from pushtrain.runs import Run
from tests.sample_verdict import build_verdict
from tests.unit.report.html_view import parse, read_table
from tests.unit.report.report_facts import METRICS, TWO_AUCS, facts, page, version


def test_the_gate_is_judged_condition_by_condition() -> None:
    document = parse(page())
    assert read_table(document, "gate")[1:] == [
        ["auc ✓ met", "0.9700", "≥ 0.9000", "+0.0700"],
        ["loss ✗ not met", "0.3500", "≤ 0.3000", "+0.0500"],
    ]
    assert "✗ The gate is not met" in document.text


def with_verdict(verdict: Verdict) -> Run:
    run = facts().run
    assert run is not None
    return msgspec.structs.replace(run, verdict=verdict)


def test_a_comparison_with_the_champion_has_its_values_and_the_differences() -> None:
    champion = ChampionResult(status="compared", version=2)
    conditions = [Condition(metric="auc", at_least=0.9), Condition(metric="auc", at_least="champion + 0.002")]
    results = judge(conditions, {"auc": 0.97}, {}, Comparison(champion=champion, values={"auc": 0.99}))
    verdict = msgspec.structs.replace(build_verdict({"auc": 0.97}), conditions=results, champion=champion)
    gate_run = with_verdict(verdict)
    document = parse(page(version=version(verdict=verdict), run=gate_run))
    assert read_table(document, "gate") == [
        ["Condition", "Value", "Bound", "Margin", "Champion", "Difference to champion"],
        ["auc ✓ met", "0.9700", "≥ 0.9000", "+0.0700", "0.9900", "−0.0200"],
        ["auc ✗ not met", "0.9700", "≥ champion + 0.002 = 0.9920", "−0.0220", "0.9900", "−0.0200"],
    ]
    assert "Champion: version 2" in document.text


def test_a_condition_that_passes_without_comparison_does_not_claim_to_be_met() -> None:
    champion = ChampionResult(status="none")
    results = judge(
        [Condition(metric="auc", at_least="champion + 0.002")],
        {"auc": 0.97},
        {},
        Comparison(champion=champion, holds_without=True),
    )
    verdict = msgspec.structs.replace(build_verdict({"auc": 0.97}), conditions=results, champion=champion)
    document = parse(page(version=version(verdict=verdict), run=with_verdict(verdict)))
    assert read_table(document, "gate")[1][0] == "auc – passes without comparison"


def test_a_margin_is_the_difference_of_what_is_written() -> None:
    (condition,) = list_judged_conditions(build_verdict({"spread": 0.3}, Condition(metric="spread", at_most=0.1)))
    assert condition.margin == 0.2  # as floats, 0.19999999999999998


def test_conditions_with_the_same_last_part_have_their_whole_paths() -> None:
    metrics = {"test.auc.value": 0.95, "valid.auc.value": 0.7}
    document = parse(page(config=load_config(TWO_AUCS).config, version=version(metrics=metrics)))
    assert read_table(document, "gate")[1:] == [
        ["test.auc.value ✓ met", "0.9500", "≥ 0.9000", "+0.0500"],
        ["valid.auc.value ✗ not met", "0.7000", "≥ 0.8000", "−0.1000"],
    ]


def test_one_row_has_one_number_format() -> None:
    close = version(metrics={**METRICS, "binary_classification_metrics.auc.value": 0.90096})
    document = parse(page(version=close))
    assert read_table(document, "gate")[1] == ["auc ✓ met", "0.9010", "≥ 0.9000", "+0.0010"]
