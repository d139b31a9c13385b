"""The gate as a choice rule of the Step Functions SDK. Pure."""

from __future__ import annotations

from stepfunctions.steps import ChoiceRule
from stepfunctions.steps.choice_rule import BaseRule

from pushtrain.workflow.gate import PASSED


def build_gate_rule() -> BaseRule:
    """Return the rule that every condition of the gate holds: it follows the verdict of `decide`."""
    return ChoiceRule.BooleanEquals(variable=PASSED, value=True)
