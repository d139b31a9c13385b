"""The gate's conditions as a choice rule of the Step Functions SDK. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from stepfunctions.steps import ChoiceRule
from stepfunctions.steps.choice_rule import BaseRule

from pushtrain.config import Condition
from pushtrain.workflow.gate import list_comparisons


def build_gate_rule(conditions: Sequence[Condition]) -> BaseRule:
    """Return the rule that every condition holds. `conditions` must not be empty.

    The rule compares the copies of the metrics that `read_metrics` makes.
    """
    return ChoiceRule.And(
        [
            getattr(ChoiceRule, operator)(variable=variable, value=number)
            for variable, operator, number in list_comparisons(conditions)
        ]
    )
