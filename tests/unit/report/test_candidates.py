"""The table of candidates in a report."""

from __future__ import annotations

from decimal import Decimal

import msgspec

from pushtrain.config import Condition
from pushtrain.config.values.money import Money
from pushtrain.report.candidates import CandidateTable, build_candidate_table
from pushtrain.report.translations import find_phrases
from pushtrain.runs import RunCandidate
from tests.sample_verdict import build_verdict

T = find_phrases("en")
CANDIDATES = (
    RunCandidate(name="base", steps=("base-train",), rank=2, metrics={"auc": 0.9, "recall": 0.5}, seconds=2.0),
    RunCandidate(name="boost", steps=("boost-train",), rank=1, metrics={"auc": 0.95, "recall": 0.6}, seconds=12.5),
    RunCandidate(name="broken", steps=("broken-train",), reason="broken-train: ValueError: no luck"),
)
VERDICT = msgspec.structs.replace(
    build_verdict({"auc": 0.95, "recall": 0.6}, Condition(metric="recall", at_least=0.5)), choose={"maximize": "auc"}
)


def test_the_best_one_is_first_with_the_metrics_that_decide() -> None:
    costs = {"boost": Money(amount=Decimal("0.10"), currency="USD")}
    table = build_candidate_table(CANDIDATES, VERDICT, costs, T)
    assert table.head == ("Candidate", "auc", "recall", "Time", "Cost", "Remark")
    assert [row[0] for row in table.rows] == ["boost", "base", "broken"]
    assert (table.rows[0][1], table.rows[0][4:], table.winner) == ("0.9500", ("0.10 USD", "won"), 0)
    assert table.rows[2] == ("broken", "", "", "", "not known", "broken-train: ValueError: no luck")


def test_a_run_that_came_to_no_verdict_has_no_winner() -> None:
    table = build_candidate_table(CANDIDATES[2:], None, None, T)
    assert table == CandidateTable(
        head=("Candidate", "Time", "Remark"), rows=(("broken", "", "broken-train: ValueError: no luck"),)
    )


def test_a_run_without_candidates_has_no_table() -> None:
    assert build_candidate_table((), VERDICT, {}, T) == CandidateTable()
