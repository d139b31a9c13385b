"""The verdict: each condition with its value, and a reason that names only what failed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from msgspec.structs import replace

from pushtrain.config import Condition
from pushtrain.decide.verdict import Verdict
from pushtrain.hashes import fingerprint
from tests.sample_verdict import build_verdict


def test_only_conditions_that_do_not_hold_are_reasons() -> None:
    conditions = (Condition(metric="binary.accuracy.value", at_least=0.93), Condition(metric="loss", below=2))
    verdict = build_verdict({"binary.accuracy.value": 0.91, "loss": 0.5}, *conditions)
    assert (verdict.passed, verdict.reason) == (False, "gate not met: accuracy 0.91 (>= 0.93)")
    assert [(result.metric, result.condition, result.holds) for result in verdict.conditions] == [
        ("binary.accuracy.value", "at_least", False),
        ("loss", "below", True),
    ]


def test_a_gate_that_is_met_has_no_reason() -> None:
    verdict = build_verdict({"auc": 0.95}, Condition(metric="auc", above=0.9))
    assert (verdict.passed, verdict.reason) == (True, "")


def test_metrics_with_the_same_last_key_are_named_in_full() -> None:
    conditions = (Condition(metric="valid.auc", above=0.9), Condition(metric="test.auc", above=0.9))
    verdict = build_verdict({"valid.auc": 0.95, "test.auc": 0.5}, *conditions)
    assert verdict.reason == "gate not met: test.auc 0.5 (> 0.9)"


def test_two_conditions_of_one_metric_have_its_short_name() -> None:
    conditions = (Condition(metric="a.auc", above=0.9), Condition(metric="'a'.auc", below=0.1))
    verdict = build_verdict({"a.auc": 0.5, "'a'.auc": 0.5}, *conditions)
    assert verdict.reason == "gate not met: auc 0.5 (> 0.9), auc 0.5 (< 0.1)"


def test_the_definition_gets_the_metrics_of_the_gate_as_text() -> None:
    values = {"auc": 1e-07, "rows": 800, "huge": 10**300}
    conditions = [Condition(metric=metric, above=0) for metric in values]
    assert build_verdict(values | {"other": 1.0}, *conditions).summarize() == {
        "passed": True,
        "reason": "",
        "metrics": {"auc": "1e-07", "rows": "800", "huge": "1e+300"},
        "artifact": {"version": "v1", "etag": "0a1b", "size": "5"},
        "tuned": {},
    }


def test_hyperparameters_that_were_searched_are_texts_that_the_registry_takes() -> None:
    verdict = replace(build_verdict({}), tuned={"lr": "1e-05", "booster": "[a]"})
    assert verdict.summarize()["tuned"] == {"lr": "1e-05", "booster": f"sha256:{fingerprint('[a]')}"}
    assert Verdict.from_json(verdict.to_json()).tuned == {"lr": "1e-05", "booster": "[a]"}


def test_a_document_is_read_back_as_it_was_written() -> None:
    verdict = build_verdict({"rows": 800, "auc": 0.5}, Condition(metric="rows", above=100))
    document = json.loads(verdict.to_json())
    assert document["schema"] == 1
    ungrouped: dict[str, object] = {"by": "", "aggregate": "", "groups": {}, "relative": "", "champion": None}
    assert document["conditions"] == [
        {"metric": "rows", "condition": "above", "bound": 100.0, "value": 800, "holds": True, **ungrouped}
    ]
    again = Verdict.from_json(verdict.to_json())
    assert again == verdict
    assert again.to_json() == verdict.to_json()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"schema": 2}, "verdict.json cannot be read: its schema is 2, expected 1"),
        ({"passed": "yes"}, "verdict.json cannot be read: Expected `bool`, got `str` - at `$.passed`"),
    ],
)
def test_a_document_that_cannot_be_read_says_why(change: dict[str, Any], message: str) -> None:
    document = json.loads(build_verdict({"auc": 1}, Condition(metric="auc", above=0)).to_json())
    with pytest.raises(ValueError, match="verdict") as raised:
        Verdict.from_json(json.dumps(document | change))
    assert str(raised.value) == message
