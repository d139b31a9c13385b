"""What a plan reads out of definitions."""

from __future__ import annotations

from typing import Any

import pytest

from pushtrain.cost import estimate_cost
from pushtrain.cost.prices import read_shipped_prices
from pushtrain.plans.plan import Plan, diff_definitions
from pushtrain.plans.validation import AwsAnswer
from pushtrain.record import EMPTY_RECORD

NO_COST = estimate_cost((), read_shipped_prices(), "us-east-1")


def states(**named: dict[str, Any]) -> dict[str, Any]:
    return {"StartAt": "a", "States": named}


def test_a_difference_is_readable_and_equal_definitions_have_none() -> None:
    before, after = states(a={"Type": "Pass", "훈련": 1}), states(a={"Type": "Pass", "훈련": 2})
    assert diff_definitions(before, before) == ""
    lines = diff_definitions(before, after).splitlines()
    assert lines[:2] == ["--- as it is", "+++ after this push"]
    assert [line for line in lines[2:] if line[0] in "+-"] == ['-      "훈련": 1', '+      "훈련": 2']


@pytest.mark.parametrize(
    ("waits", "has_branches"),
    [
        ({}, False),
        ({"clean": (), "train": ("clean",)}, False),
        ({"clean": (), "embed": (), "train": ("clean", "embed")}, True),
        ({"clean": (), "train": ("clean",), "embed": ("clean",)}, True),
    ],
)
def test_a_chain_has_no_branches(waits: dict[str, tuple[str, ...]], has_branches: bool) -> None:
    plan = Plan(
        model="churn",
        revision="0" * 64,
        files=1,
        pushed=False,
        state_machine="arn",
        definition="created",
        version="",
        diff="",
        jobs=(),
        record=EMPTY_RECORD,
        max_cost=NO_COST,
        full_cost=NO_COST,
        refused=None,
        answer=AwsAnswer(),
        waits=waits,
        extra_waits={},
        capacity_waits={},
        resumed_from={},
        champion=None,
    )
    assert plan.has_branches is has_branches
