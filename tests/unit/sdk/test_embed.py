"""A Fragment in a Chain of the Step Functions SDK."""

from __future__ import annotations

from typing import Any

import pytest

from pushtrain.errors import TemplateError
from pushtrain.workflow import Fragment, build_choice, build_state, build_task, chain, fail, guard

RULE = {"Variable": "$.a", "IsPresent": True}


def definition_of(*steps: Any) -> dict[str, Any]:
    from stepfunctions.steps import Chain, Graph

    graph: dict[str, Any] = Graph(Chain([*steps])).to_dict()
    return graph


def test_a_block_in_a_chain_is_the_block() -> None:
    from stepfunctions.steps import Pass

    from pushtrain.sdk import embed

    block = chain(
        build_task("read", "arn:aws:states:::aws-sdk:s3:getObject", {"Bucket": "b", "Key": "k"}),
        guard("there?", [(RULE, chain(build_state("note", {"Type": "Pass"}), fail("missing", "E", "c")))]),
    )
    before, after = build_state("before", {"Type": "Pass"}), build_state("after", {"Type": "Pass"})
    wanted = chain(before, block, after).build_definition("")
    found = definition_of(Pass("before"), embed(block), Pass("after"))
    assert found == {name: value for name, value in wanted.items() if name != "Comment"}


def test_an_empty_block_leaves_no_trace() -> None:
    from stepfunctions.steps import Pass

    from pushtrain.sdk import embed

    assert definition_of(Pass("before"), embed(Fragment()), Pass("after"))["States"].keys() == {"before", "after"}


def test_a_block_may_end_a_choice() -> None:
    from stepfunctions.steps import Choice

    from pushtrain.sdk import embed

    gate = Choice("gate")
    gate.default_choice(embed(build_state("no", {"Type": "Pass"})))
    assert definition_of(gate)["States"]["no"] == {"Type": "Pass", "End": True}


def test_a_block_with_two_open_ends_is_refused() -> None:
    from pushtrain.sdk import embed

    two = build_choice(
        "which?", RULE, then=build_state("a", {"Type": "Pass"}), otherwise=build_state("b", {"Type": "Pass"})
    )
    with pytest.raises(TemplateError) as told:
        embed(two)
    assert str(told.value) == "a block with several open ends cannot be embedded: a, b"
    one = build_choice("which?", RULE, then=build_state("a", {"Type": "Pass"}), otherwise=fail("b", "E", "c"))
    with pytest.raises(TemplateError) as told:
        embed(one)
    assert str(told.value) == "a block with several open ends cannot be embedded: a"


def test_a_block_that_catches_is_the_block() -> None:
    from pushtrain.sdk import embed

    rule = {"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "failed"}
    task = build_state("a", {"Type": "Task", "Resource": "r", "Catch": [rule]})
    failed = build_state("failed", {"Type": "Pass"})
    attempt = Fragment({**task.states, **failed.states}, "a", ("a", "failed"))
    block = chain(attempt, build_state("after", {"Type": "Pass"}))
    wanted = block.build_definition("")
    assert definition_of(embed(block)) == {name: value for name, value in wanted.items() if name != "Comment"}
