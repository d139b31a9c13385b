"""What people read about the gate when a version goes to serving."""

from __future__ import annotations

from msgspec.structs import replace

from pushtrain.decide import CandidateResult, ChampionResult, ConditionResult, RowComparison, ServingResult
from pushtrain.serving.gate_news import MAX_CONDITIONS, list_gate_lines
from tests.sample_verdict import build_verdict

AUC = ConditionResult(
    metric="auc",
    condition="at_least",
    bound=0.932,
    value=0.934,
    holds=True,
    relative="champion + 0.002",
    champion=0.93,
)
RECALL = ConditionResult(
    metric="recall", condition="at_least", bound=0.8, value=0.7, holds=False, by="성별", aggregate="worst"
)


def test_candidates_champion_and_conditions_have_a_line_each() -> None:
    verdict = replace(
        build_verdict({}),
        candidates=(
            CandidateResult(name="linear", rank=2, value=0.91),
            CandidateResult(name="deep", rank=1, value=0.934),
            CandidateResult(name="broken", reason="train failed"),
        ),
        champion=ChampionResult(status="compared", version=3),
        conditions=(AUC, RECALL),
    )
    assert list_gate_lines(verdict) == [
        "candidates: 1. deep 0.934, 2. linear 0.91",
        "champion: version 3",
        "✗ worst recall by 성별 0.7 ≥ 0.8",
        "✓ auc 0.934 ≥ champion + 0.002 = 0.932 · champion 0.93, difference +0.004",
    ]


def test_a_comparison_of_the_serving_test_has_a_line() -> None:
    comparison = RowComparison(subject="predictions", outcome="equal", rows=5)
    serving = ServingResult(outcome="passed", job="job-1", requests="s3://code/rows.csv", comparisons=(comparison,))
    assert list_gate_lines(replace(build_verdict({}), serving=serving)) == ["✓ answers: 5 rows as in evaluation"]


def test_many_conditions_are_counted() -> None:
    lines = list_gate_lines(replace(build_verdict({}), conditions=(AUC,) * (MAX_CONDITIONS + 5)))
    assert (len(lines), lines[-1]) == (MAX_CONDITIONS + 1, "and 5 more conditions that hold")


def test_without_a_verdict_there_are_no_lines() -> None:
    assert list_gate_lines(None) == list_gate_lines(build_verdict({})) == []
