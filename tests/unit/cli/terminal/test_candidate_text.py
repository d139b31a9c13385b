"""The lines about candidates: the best first, then the others, then those that failed."""

from __future__ import annotations

from decimal import Decimal

import msgspec

from pushtrain.cli.terminal.candidate_text import format_candidate_results, format_candidates
from pushtrain.config.values.money import Money
from pushtrain.decide import CandidateResult
from pushtrain.runs import Run, RunCandidate
from tests.sample_verdict import build_verdict

VERDICT = msgspec.structs.replace(
    build_verdict({"binary.auc.value": 0.95}),
    candidate="boost",
    candidates=(
        CandidateResult(name="base", rank=2, value=0.9),
        CandidateResult(name="boost", rank=1, value=0.95),
        CandidateResult(name="broken", reason="a job failed (States.TaskFailed)"),
    ),
    choose={"maximize": "binary.auc.value"},
)
RUN = Run(
    model="churn",
    run="r1",
    status="SUCCEEDED",
    started=0.0,
    seconds=9.0,
    outcome="registered",
    verdict=VERDICT,
    candidates=(
        RunCandidate(name="base", steps=("base-train",), rank=2, value=0.9, seconds=2.0),
        RunCandidate(name="boost", steps=("boost-train",), rank=1, value=0.95, seconds=12.5),
        RunCandidate(name="broken", steps=("broken-train",), reason="broken-train: ValueError: no luck"),
    ),
)


def test_a_run_shows_rank_value_time_and_cost() -> None:
    costs = {"base": Money(amount=Decimal("0.10"), currency="USD"), "boost": None}
    assert format_candidates(RUN, costs) == [
        "candidates by auc, the highest wins",
        "  1.  boost   0.95  12.5 s  unknown   won",
        "  2.  base    0.9   2.0 s   0.10 USD",
        "  –   broken                unknown   failed: broken-train: ValueError: no luck",
    ]


def test_a_run_on_this_computer_has_no_costs() -> None:
    assert format_candidates(RUN)[1] == "  1.  boost   0.95  12.5 s  won"
    assert format_candidates(msgspec.structs.replace(RUN, verdict=None))[0] == "candidates"


def test_a_version_shows_what_its_verdict_says() -> None:
    assert format_candidate_results(VERDICT) == [
        "candidates by auc, the highest wins",
        "  1.  boost   0.95  won",
        "  2.  base    0.9",
        "  –   broken        failed: a job failed (States.TaskFailed)",
    ]


def test_without_candidates_there_are_no_lines() -> None:
    assert format_candidates(msgspec.structs.replace(RUN, candidates=())) == []
    assert format_candidate_results(None) == []
