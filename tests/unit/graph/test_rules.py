"""Rules of a Choice as text."""

from __future__ import annotations

from typing import Any

import pytest

from pushtrain.graph import build_flow


def machine(start: str, **states: dict[str, Any]) -> dict[str, Any]:
    return {"StartAt": start, "States": states}


@pytest.mark.parametrize(
    ("rule", "lines"),
    [
        ({"Variable": "$.a.b", "NumericLessThan": 3}, ["a.b < 3"]),
        ({"Variable": "$['a.b']['it\\'s']", "StringEquals": "예"}, ['a.b.it\'s = "예"']),
        ({"Variable": "$.a", "NumericGreaterThanEqualsPath": "$.champion"}, ["a ≥ champion"]),
        ({"Variable": "$.a", "IsPresent": True}, ["a is present"]),
        ({"Variable": "$.a", "IsPresent": False}, ["a is present: false"]),
        ({"Not": {"Variable": "$.a", "BooleanEquals": True}}, ["not: a = true"]),
        (
            {"And": [{"Variable": "$.a", "IsNull": True}, {"Variable": "$.b", "NumericEquals": 1}]},
            ["a is null", "b = 1"],
        ),
        (
            {"Or": [{"Variable": "$.a", "NumericEquals": 0}, {"Variable": "$.b", "NumericEquals": 1}]},
            ["a = 0 or b = 1"],
        ),
    ],
)
def test_rules_are_said_in_words(rule: dict[str, Any], lines: list[str]) -> None:
    pick = {"Type": "Choice", "Choices": [{**rule, "Next": "x"}], "Default": "y"}
    flow = build_flow(machine("pick", pick=pick, x={"Type": "Succeed"}, y={"Type": "Succeed"}))
    assert list(flow.nodes[0].lines) == lines


def test_the_gate_shows_the_conditions_of_decide() -> None:
    conditions = [{"metric": "accuracy", "at_least": 0.93}, {"metric": "losses[0]", "below": 1}]
    decide = {
        "Type": "Task",
        "Parameters": {"FunctionName": "f", "Payload": {"conditions": conditions}},
        "ResultPath": "$.verdict",
        "Next": "gate",
    }
    rule = {"Variable": "$.verdict.passed", "BooleanEquals": True, "Next": "x"}
    gate = {"Type": "Choice", "Choices": [rule], "Default": "y"}
    flow = build_flow(machine("decide", decide=decide, gate=gate, x={"Type": "Succeed"}, y={"Type": "Succeed"}))
    assert list(flow.nodes[1].lines) == ["accuracy ≥ 0.93", "losses[0] < 1.0"]
