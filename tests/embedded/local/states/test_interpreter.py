"""One execution in the interpreter: its output, its events, its name."""

from __future__ import annotations

from typing import Any

import pytest

from pushtrain.local.events import ExecutionEnded, ExecutionStarted, StateEntered, StateExited
from tests.embedded.local.state_machines import passing


def test_output_of_text_is_json(engine: Any) -> None:
    definition = {"StartAt": "Only", "States": {"Only": {"Type": "Pass", "Result": "text", "End": True}}}
    assert engine.run(definition)["output"] == "text"


def test_stock_moto_output_of_text_is_not_json(stock: Any) -> None:
    definition = {"StartAt": "Only", "States": {"Only": {"Type": "Pass", "Result": "text", "End": True}}}
    with pytest.raises(ValueError, match="Expecting value"):
        stock.run(definition, name="run")


def test_states_are_told_in_order(engine: Any) -> None:
    ended = engine.run(passing("x"))
    engine.await_execution(ended["executionArn"])
    kinds = [type(event) for event in engine.events]
    assert kinds == [ExecutionStarted, StateEntered, StateExited, ExecutionEnded]
    assert [event.state for event in engine.events[1:3]] == ["Only", "Only"]
    assert engine.events[3] == ExecutionEnded(arn=ended["executionArn"], status="SUCCEEDED")


def test_a_run_without_a_name_gets_one(engine: Any) -> None:
    definition = passing("x")
    definition["States"]["Only"] = {"Type": "Pass", "Parameters": {"name.$": "$$.Execution.Name"}, "End": True}
    ended = engine.run(definition)
    assert ended["executionArn"].endswith(f":{ended['name']}")
    assert len(ended["name"]) == 36
    assert ended["output"] == {"name": ended["name"]}


def test_stock_moto_gives_no_name(stock: Any) -> None:
    assert stock.run(passing("x"))["executionArn"].endswith(":None")
