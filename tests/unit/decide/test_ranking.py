"""Which candidate wins, and the verdict on all of them."""

from __future__ import annotations

import pytest

from pushtrain.config import Choose, Condition
from pushtrain.decide import CandidatesRequest, Verdict
from pushtrain.decide.ranking import Judged, rank_candidates
from pushtrain.decide.request import CandidateRequest
from pushtrain.errors import NoCandidateLeft
from tests.sample_verdict import build_verdict

GATE = Condition(metric="auc", at_least=0.9)


def rank(choose: Choose, **judged: Judged) -> Verdict:
    candidates = tuple(CandidateRequest(name=name, request=None) for name in judged)
    request = CandidatesRequest(model="churn", run="r1", candidates=candidates, choose=choose)
    return rank_candidates(request, list(judged.values()))


def judge(auc: float) -> Verdict:
    return build_verdict({"auc": auc, "rows": 5}, GATE)


def test_the_highest_value_wins_and_the_verdict_is_about_it() -> None:
    verdict = rank(Choose(maximize="auc"), base=judge(0.8), boost=judge(0.95), broken="no luck")
    assert (verdict.candidate, verdict.passed, verdict.metrics["auc"]) == ("boost", True, 0.95)
    assert [(result.name, result.rank, result.value, result.reason) for result in verdict.candidates] == [
        ("base", 2, 0.8, ""),
        ("boost", 1, 0.95, ""),
        ("broken", None, None, "no luck"),
    ]
    assert verdict.candidates[0].metrics == {"auc": 0.8, "rows": 5}
    assert [result.holds for result in verdict.candidates[0].conditions] == [False]
    assert verdict.summarize()["candidate"] == "boost"
    assert Verdict.from_json(verdict.to_json()) == verdict


def test_the_lowest_value_wins() -> None:
    verdict = rank(Choose(minimize="auc"), base=judge(0.8), boost=judge(0.95))
    assert (verdict.candidate, verdict.passed, dict(verdict.choose)) == ("base", False, {"minimize": "auc"})


def test_of_equal_candidates_the_first_in_the_file_wins() -> None:
    verdict = rank(Choose(maximize="'auc'"), second=judge(0.9), first=judge(0.9))
    assert [(result.name, result.rank) for result in verdict.candidates] == [("second", 1), ("first", 2)]


def test_without_any_candidate_there_is_no_verdict() -> None:
    reason = (
        "no candidate can be registered. base: a job failed (States.TaskFailed); boost: the boost-train job left no "
        "model"
    )
    with pytest.raises(NoCandidateLeft) as raised:
        rank(
            Choose(maximize="auc"),
            base="a job failed (States.TaskFailed)",
            boost="the boost-train job left no model",
        )
    assert str(raised.value) == reason
