"""Fields of one state."""

from __future__ import annotations

import pytest

from pushtrain.workflow.checks.state import find_state_problems


@pytest.mark.parametrize(
    ("state", "problem"),
    [
        ({"Type": "Pas", "End": True}, "Type 'Pas' is no state type. Did you mean 'Pass'?"),
        ({"Type": "Pass", "Retry": [], "End": True}, "a Pass state has no field 'Retry'"),
        ({"Type": "Pass"}, "needs Next or End; it has neither"),
        ({"Type": "Pass", "Next": "a", "End": True}, "needs Next or End; it has both"),
        ({"Type": "Wait", "End": True}, "a Wait state needs one of Seconds, SecondsPath, Timestamp, TimestampPath"),
        ({"Type": "Wait", "Seconds": -1, "End": True}, "Seconds must be a whole number, 0 or more, not -1"),
        ({"Type": "Pass", "InputPath": "jobs", "End": True}, "InputPath: 'jobs' is not a JSONPath"),
        (
            {"Type": "Fail", "Cause": "a", "CausePath": "$.a"},
            "Cause and CausePath are both given; AWS takes one of the two",
        ),
    ],
)
def test_a_fault_is_reported(state: dict[str, object], problem: str) -> None:
    assert list(find_state_problems(state)) == [problem]


def test_a_state_without_a_fault_has_no_problem() -> None:
    assert list(find_state_problems({"Type": "Succeed"})) == []
