"""The history of an execution, as GetExecutionHistory sends it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from pushtrain.local.events import JobLine
from tests.embedded.local.state_machines import passing
from tests.embedded.local.tasks import TRAIN, task


def read_events(engine: Any, execution: str) -> list[dict[str, Any]]:
    return list(engine.sfn.get_execution_history(executionArn=execution)["events"])


def test_events_are_numbered_and_have_a_time(engine: Any) -> None:
    started = datetime.now(UTC).timestamp()
    events = read_events(engine, engine.run(passing("x"))["executionArn"])
    assert [(event["id"], event["previousEventId"], event["type"]) for event in events] == [
        (1, 0, "ExecutionStarted"),
        (2, 0, "PassStateEntered"),
        (3, 2, "PassStateExited"),
        (4, 3, "ExecutionSucceeded"),
    ]
    assert all(abs(event["timestamp"].timestamp() - started) < 60 for event in events)


def test_an_abort_points_to_no_event_and_is_the_last_one(engine: Any, requests: Any) -> None:
    engine.scripts.hold("job")
    execution = engine.start(engine.create(task(TRAIN, requests.training("job")))["stateMachineArn"])
    engine.await_event(JobLine, job="job")
    engine.sfn.stop_execution(executionArn=execution, error="Stop", cause="enough")
    engine.await_job("job")
    last = read_events(engine, execution)[-1]
    assert (last["type"], last["previousEventId"]) == ("ExecutionAborted", 0)
