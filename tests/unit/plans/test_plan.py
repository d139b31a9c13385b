"""What a plan reads out of definitions."""

from __future__ import annotations

from typing import Any

from pushtrain.plans.plan import diff_definitions


def states(**named: dict[str, Any]) -> dict[str, Any]:
    return {"StartAt": "a", "States": named}


def test_a_difference_is_readable_and_equal_definitions_have_none() -> None:
    before, after = states(a={"Type": "Pass", "훈련": 1}), states(a={"Type": "Pass", "훈련": 2})
    assert diff_definitions(before, before) == ""
    lines = diff_definitions(before, after).splitlines()
    assert lines[:2] == ["--- as it is", "+++ after this push"]
    assert [line for line in lines[2:] if line[0] in "+-"] == ['-      "훈련": 1', '+      "훈련": 2']
