"""Rules of a Choice state."""

from __future__ import annotations

import pytest

from pushtrain.workflow.checks.choice import find_choice_problems

RULE = {"Variable": "$.metrics.m0", "NumericGreaterThan": 0.9}


@pytest.mark.parametrize(
    "rule", [RULE, {"And": [RULE, {"Not": RULE}]}, {"Variable": "$.a", "NumericEqualsPath": "$.b"}]
)
def test_a_rule_without_a_fault_has_no_problem(rule: dict[str, object]) -> None:
    assert list(find_choice_problems({"Choices": [{**rule, "Next": "a"}]})) == []


@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        (RULE, "Choices[0] needs Next"),
        ({"Variable": "$.a", "Next": "a"}, "Choices[0] needs exactly one comparison, And, Or or Not; it has none"),
        ({"Not": {**RULE, "Next": "a"}, "Next": "a"}, "Choices[0].Not: Next belongs to the outermost rule"),
        ({"And": [], "Next": "a"}, "Choices[0].And[0] must be a mapping, not None"),
        (
            {"Variable": "$.a", "NumericGreater": 1, "Next": "a"},
            "Choices[0]: there is no comparison 'NumericGreater'. Did you mean 'NumericGreaterThan'?",
        ),
        (
            {"Variable": "$.a", "NumericEquals": True, "Next": "a"},
            "Choices[0]: True is not what NumericEquals compares with",
        ),
    ],
)
def test_a_fault_of_a_rule_is_reported_with_its_position(rule: dict[str, object], problem: str) -> None:
    assert list(find_choice_problems({"Choices": [rule]})) == [problem]


def test_a_choice_needs_a_rule() -> None:
    assert list(find_choice_problems({})) == ["a Choice state needs Choices, a list of at least one rule"]
