"""One execution in the interpreter: its output, its events, its name."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from moto.stepfunctions.parser.asl.component.state.wait.state_wait import StateWait
from moto.stepfunctions.parser.backend.execution_worker import ExecutionWorker

from pushtrain.local.events import ExecutionEnded, ExecutionStarted, StateEntered, StateExited
from pushtrain.local.states.interpreter import ProgramWorker
from tests.embedded.local.state_machines import MACHINE, passing, waiting


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


@pytest.mark.parametrize(("owner", "method"), [(ExecutionWorker, "_execution_logic"), (StateWait, "_eval_state")])
def test_a_program_that_is_stopped_between_two_components_is_aborted(
    engine: Any, monkeypatch: pytest.MonkeyPatch, owner: Any, method: str
) -> None:
    """After a stop, moto's components leave no value for the next one, which takes it from an empty list."""
    stopped, ended = threading.Event(), threading.Event()
    stop, run = ProgramWorker.stop, ProgramWorker._execution_logic

    def fail_after_stop(component: Any, *_: Any) -> None:
        if isinstance(component, ProgramWorker):
            component.env.next_state_name = "Wait"
            component.first_state_entered.set()
        assert stopped.wait(60)
        [].pop()

    def run_to_the_end(worker: Any) -> None:
        try:
            run(worker)
        finally:
            ended.set()

    def stop_and_wait(worker: Any, **details: Any) -> None:
        stop(worker, **details)
        stopped.set()
        assert ended.wait(60)

    monkeypatch.setattr(owner, method, fail_after_stop)
    monkeypatch.setattr(ProgramWorker, "_execution_logic", run_to_the_end)
    monkeypatch.setattr(ProgramWorker, "stop", stop_and_wait)
    engine.create(waiting())
    execution = engine.start(MACHINE)
    engine.sfn.stop_execution(executionArn=execution, cause="enough")
    described = engine.sfn.describe_execution(executionArn=execution)
    assert (described["status"], described["cause"]) == ("ABORTED", "enough")
