"""Executions: names, repeated starts, and executions of other processes."""

from __future__ import annotations

import json
import os
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError

from pushtrain.local.states import stop_requests
from pushtrain.local.states.executions import Executions
from tests.embedded.local.state_machines import MACHINE, passing, waiting


def test_starting_twice_under_one_name(engine: Any) -> None:
    engine.create(waiting())
    first = engine.start(MACHINE, name="run")
    assert engine.start(MACHINE, name="run") == first
    with pytest.raises(ClientError) as raised:
        engine.start(MACHINE, {"other": "input"}, name="run")
    assert str(raised.value) == (
        "An error occurred (ExecutionAlreadyExists) when calling the StartExecution operation: Execution "
        "Already Exists: 'arn:aws:states:us-east-1:123456789012:execution:machine:run'"
    )
    engine.sfn.stop_execution(executionArn=first)
    with pytest.raises(ClientError) as raised:
        engine.start(MACHINE, name="run")
    assert str(raised.value) == (
        "An error occurred (ExecutionAlreadyExists) when calling the StartExecution operation: Execution "
        "Already Exists: 'arn:aws:states:us-east-1:123456789012:execution:machine:run'"
    )


@pytest.mark.parametrize("name", ["a b", "a/b", "x" * 81, "a:b"])
def test_names_aws_refuses(engine: Any, name: str) -> None:
    engine.create(passing("x"))
    with pytest.raises(ClientError) as raised:
        engine.start(MACHINE, name=name)
    assert str(raised.value) == (
        f"An error occurred (InvalidName) when calling the StartExecution operation: Invalid Name: '{name}'"
    )


def test_everything_is_there_in_a_later_process(engine: Any) -> None:
    engine.create(passing("x"), publish=True)
    execution = engine.start(f"{MACHINE}:1", {"in": 1}, name="run")
    before = engine.end(execution)
    history = engine.sfn.get_execution_history(executionArn=execution)["events"]
    engine.restart()
    assert [machine["name"] for machine in engine.sfn.list_state_machines()["stateMachines"]] == ["machine"]
    assert [run["name"] for run in engine.sfn.list_executions(stateMachineArn=MACHINE)["executions"]] == ["run"]
    assert engine.end(execution)["output"] == before["output"]
    assert engine.sfn.get_execution_history(executionArn=execution)["events"] == history
    assert history[-1]["type"] == "ExecutionSucceeded"
    ran = engine.sfn.describe_state_machine_for_execution(executionArn=execution)
    assert json.loads(ran["definition"]) == passing("x")
    assert engine.end(engine.start(f"{MACHINE}:1", name="again"))["output"] == {"said": "x"}


def test_an_execution_whose_process_died_is_aborted(engine: Any) -> None:
    execution = engine.run(passing("x"))["executionArn"]
    document = engine.store.get("execution", execution)
    document |= {"status": "RUNNING", "process": {"pid": 1, "started": "another start"}}
    engine.store.put("execution", execution, document)
    ended = engine.sfn.describe_execution(executionArn=execution)
    assert ended["status"] == "ABORTED"
    assert ended["cause"] == "The process that ran this execution on this computer ended before the execution did."
    listed = engine.sfn.list_executions(stateMachineArn=MACHINE, statusFilter="ABORTED")["executions"]
    assert [run["executionArn"] for run in listed] == [execution]


def test_another_process_stops_its_execution_when_it_is_asked(engine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """`other` is the process that runs the execution: it looks for requests while this one waits."""
    execution = engine.run(passing("x"))["executionArn"]
    running = engine.store.get("execution", execution) | {"status": "RUNNING"}
    engine.store.put("execution", execution, running)
    other = Executions(store=engine.store, interpreter=cast("Any", None), on_event=lambda _: None)
    halted: list[tuple[str | None, str | None]] = []

    class Running:
        def start(self) -> None: ...

        def halt(self, error: str | None, cause: str | None) -> None:
            halted.append((error, cause))
            other.finish(execution, "ABORTED", cause=cause)

    other.live[execution] = Running()
    monkeypatch.setattr(stop_requests, "pause", lambda: other.obey_stop_request(execution))
    engine.sfn.stop_execution(executionArn=execution, cause="enough")
    assert halted == [(None, "enough")]
    described = engine.sfn.describe_execution(executionArn=execution)
    assert (described["status"], described["cause"]) == ("ABORTED", "enough")
    assert engine.store.list_all("stop_request") == []


def test_a_process_that_does_not_answer_must_be_stopped_by_hand(engine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stop_requests, "PATIENCE", -1.0)
    execution = engine.run(passing("x"))["executionArn"]
    engine.store.put("execution", execution, engine.store.get("execution", execution) | {"status": "RUNNING"})
    with pytest.raises(ClientError) as raised:
        engine.sfn.stop_execution(executionArn=execution)
    assert str(raised.value) == (
        "An error occurred (ValidationException) when calling the StopExecution operation: "
        f"{execution} runs in another process of this computer, {os.getpid()}, which does not answer. "
        "Stop it there with Ctrl-C"
    )


def test_an_execution_that_entered_no_state_is_not_redriven(engine: Any) -> None:
    execution = engine.run(passing("x"))["executionArn"]
    engine.store.put("execution", execution, engine.store.get("execution", execution) | {"redriveStatus": "REDRIVABLE"})
    engine.store.put("history", execution, engine.store.get("history", execution) | {"events": []})
    with pytest.raises(ClientError) as raised:
        engine.sfn.redrive_execution(executionArn=execution)
    assert str(raised.value) == (
        "An error occurred (ExecutionNotRedrivable) when calling the RedriveExecution operation: "
        "Execution cannot be redriven: no state was entered"
    )
