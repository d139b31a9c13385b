"""Metrics of groups of rows: the worst of them, and the spread between them."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from pushtrain.config import Condition
from pushtrain.decide.groups import aggregate_groups, read_groups, select_groups
from pushtrain.decide.metrics import flatten_metrics
from pushtrain.decide.verdict import Verdict, build_reason, judge
from pushtrain.errors import DecideError
from tests.sample_verdict import build_verdict

DOCUMENT = {"groups": {"성별": {"여": {"recall": 0.71}, "남": {"recall": 0.83}}}}
WORST: dict[str, Any] = {"metric": "recall", "by": "성별", "worst": {"at_least": 0.8}}
SPREAD: dict[str, Any] = {"metric": "recall", "by": "성별", "spread": {"at_most": 0.05}}


def judge_document(*conditions: dict[str, Any], document: object = DOCUMENT) -> Any:
    gate = [Condition(**condition) for condition in conditions]
    return judge(gate, {}, read_groups(document, gate))


def test_the_worst_group_and_the_spread_are_judged() -> None:
    worst, spread = judge_document(WORST, SPREAD)
    assert (worst.value, worst.holds, worst.label) == (0.71, False, "worst recall by 성별")
    assert (spread.value, spread.holds, spread.label) == (0.12, False, "spread recall by 성별")
    assert worst.groups == spread.groups == {"여": 0.71, "남": 0.83}
    assert build_reason([worst]) == "gate not met: worst recall by 성별 0.71 (>= 0.8)"


def test_a_spread_that_is_the_bound_as_it_is_written_holds() -> None:
    document = {"groups": {"성별": {"여": {"recall": 0.93}, "남": {"recall": 0.88}}}}  # as floats, 0.05000000000000004
    (spread,) = judge_document(SPREAD, document=document)
    assert (spread.value, spread.holds) == (0.05, True)


def test_for_a_bound_from_above_the_highest_value_is_the_worst() -> None:
    condition = Condition(metric="loss", by="x", worst={"below": 1})  # type: ignore[arg-type]
    assert aggregate_groups(condition, {"a": 0.5, "b": 2.0}) == 2.0


def test_a_verdict_with_groups_is_read_back() -> None:
    verdict = msgspec.structs.replace(build_verdict({}), conditions=judge_document(WORST))
    assert Verdict.from_json(verdict.to_json()) == verdict
    assert verdict.summarize()["metrics"] == {"worst recall by 성별": "0.71"}


def test_groups_are_found_among_flat_metrics() -> None:
    assert select_groups(flatten_metrics(DOCUMENT) | {"[": 1.0, "groups.x.y.recall": 2.0}, "성별", "recall") == {
        "여": 0.71,
        "남": 0.83,
    }


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (
            {"groups": {"성별 ": {}}},
            "evaluation.json has no groups '성별', which config.yaml's register.when asks for. Did you mean '성별 '? "
            "Write groups: {성별: {GROUP: {recall: …}}}",
        ),
        (
            {"recall": 1},
            "evaluation.json has no groups '성별', which config.yaml's register.when asks for. Write groups: "
            "{성별: {GROUP: {recall: …}}}",
        ),
        (
            {"groups": {"성별": {"여": {"auc": 1}}}},
            "group '여' of '성별' in evaluation.json has no metric 'recall', which config.yaml's register.when asks "
            "for",
        ),
        (
            {"groups": {"성별": {"여": {"recall": True}}}},
            "metric 'recall' of group '여' of '성별' in evaluation.json is not a finite number, so the gate cannot "
            "judge it",
        ),
    ],
)
def test_what_is_missing_is_named(document: object, message: str) -> None:
    with pytest.raises(DecideError) as raised:
        judge_document(WORST, document=document)
    assert str(raised.value) == message
