"""Parallel states: branches at the same time, a failing branch, a redrive."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from pushtrain.local.events import JobEnded, JobLine, StateExited
from tests.embedded.local.engine import Engine, InstalledEngine, wait_until
from tests.embedded.local.tasks import TRAIN


def job_name(step: str) -> dict[str, str]:
    return {"TrainingJobName.$": f"States.Format('{step}-{{}}', $$.Execution.RedriveCount)"}


@pytest.fixture
def job(requests: Any) -> Callable[[str], dict[str, Any]]:
    """A branch of one training job, whose name has the number of redrives."""

    def build(step: str) -> dict[str, Any]:
        request = {key: value for key, value in requests.training("").items() if key != "TrainingJobName"}
        selector = {"name.$": "$.TrainingJobName"}
        task = {"Type": "Task", "Resource": TRAIN, "Parameters": request | job_name(step), "ResultSelector": selector}
        return {"StartAt": step, "States": {step: {**task, "ResultPath": f"$.jobs.{step}", "End": True}}}

    return build


def parallel(*branches: dict[str, Any], results: dict[str, str] | None = None, **members: Any) -> dict[str, Any]:
    """A definition whose state `both` runs branches at the same time."""
    state = {"Type": "Parallel", "Branches": branches, "End": True, **members}
    if results:
        state |= {"ResultSelector": results, "ResultPath": "$.jobs"}
    return {"StartAt": "both", "States": {"both": state}}


def read_events(engine: Engine, execution: str) -> list[dict[str, Any]]:
    return list(engine.sfn.get_execution_history(executionArn=execution)["events"])


def list_types(engine: Engine, execution: str, after: str) -> list[str]:
    """The types of the events after the first one of a type."""
    types = [str(event["type"]) for event in read_events(engine, execution)]
    return types[types.index(after) + 1 :]


def list_submitted(engine: Engine, execution: str) -> set[str]:
    """The names of the jobs whose creation is in the history."""
    answers = [
        event["taskSubmittedEventDetails"] for event in read_events(engine, execution) if "Submitted" in event["type"]
    ]
    return {json.loads(answer["output"])["TrainingJobArn"].rpartition("/")[2] for answer in answers}


def start(engine: InstalledEngine, definition: Any, *held: str) -> str:
    """Start an execution, and return it when the held jobs have begun and the history says so, which can be later."""
    for name in held:
        engine.scripts.hold(name)
    execution = engine.start(engine.create(definition)["stateMachineArn"], {"jobs": {}})
    for name in held:
        engine.await_event(JobLine, job=name)
    wait_until(lambda: list_submitted(engine, execution) >= {*held}, f"the history does not have all of {held}")
    return execution


def test_branches_run_at_the_same_time_and_their_results_are_merged(engine: InstalledEngine, job: Any) -> None:
    results = {"clean.$": "$[0].jobs.clean", "embed.$": "$[1].jobs.embed"}
    execution = start(engine, parallel(job("clean"), job("embed"), results=results), "clean-0", "embed-0")
    assert not [event for event in engine.events if isinstance(event, JobEnded)]  # both have begun, none has ended
    for name in ("clean-0", "embed-0"):
        engine.scripts.held[name].set()
    jobs = {"clean": {"name": "clean-0"}, "embed": {"name": "embed-0"}}
    assert engine.end(execution)["output"] == {"jobs": jobs}


def test_parallel_state_failed_points_to_the_event_that_failed(
    engine: InstalledEngine, job: Any, requests: Any
) -> None:
    nested = parallel(job("rank"), job("sort"))
    nested["States"]["inner"] = nested["States"].pop("both")
    definition = parallel(job("clean"), nested | {"StartAt": "inner"})
    engine.scripts.results["rank-0"] = requests.result("Failed", failure_reason="boom")
    execution = start(engine, definition, "clean-0", "rank-0", "sort-0")
    engine.scripts.held["rank-0"].set()
    assert engine.end(execution)["error"] == "States.TaskFailed"
    events = read_events(engine, execution)
    failed = next(event["id"] for event in events if event["type"] == "TaskFailed")
    ending = [(event["type"], event["previousEventId"]) for event in events if event["id"] > failed]
    assert ending == [
        ("TaskStateAborted", failed),  # rank and sort
        ("TaskStateAborted", failed),
        ("ParallelStateFailed", failed),
        ("TaskStateAborted", failed + 3),  # clean
        ("ParallelStateFailed", failed + 3),
        ("ExecutionFailed", failed + 5),
    ]
    assert [engine.await_job(name).status for name in ("clean-0", "sort-0")] == ["Stopped", "Stopped"]


CAUGHT = {
    "StartAt": "both",
    "States": {
        "both": {
            "Type": "Parallel",
            "Branches": [
                {
                    "StartAt": "wait",
                    "States": {
                        "wait": {"Type": "Wait", "Seconds": 1, "Next": "no"},
                        "no": {"Type": "Fail", "Error": "No"},
                    },
                },
                {
                    "StartAt": "long",
                    "States": {
                        "long": {"Type": "Wait", "Seconds": 2, "Next": "then"},
                        "then": {"Type": "Pass", "End": True},
                    },
                },
            ],
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "caught"}],
            "Next": "caught",
        },
        "caught": {"Type": "Wait", "Seconds": 2, "End": True},
    },
}


def count_aborted(engine: Engine) -> int:
    types = list_types(engine, engine.run(CAUGHT, name="run")["executionArn"], "FailStateEntered")
    return types.count("WaitStateAborted")


def test_a_stopped_branch_writes_its_abort_and_nothing_after_it(engine: InstalledEngine) -> None:
    execution = engine.run(CAUGHT)["executionArn"]
    assert list_types(engine, execution, "FailStateEntered") == [
        "WaitStateAborted",
        "ParallelStateFailed",
        "ParallelStateExited",
        "WaitStateEntered",
        "WaitStateExited",
        "ExecutionSucceeded",
    ]


def test_a_job_that_was_stopped_is_no_success_in_the_history(engine: InstalledEngine, job: Any, requests: Any) -> None:
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "caught"}]
    definition = parallel(job("clean"), job("embed"), Catch=catch, Next="caught")
    del definition["States"]["both"]["End"]
    definition["States"]["caught"] = {"Type": "Wait", "Seconds": 2, "End": True}  # longer than a job takes to stop
    engine.scripts.results["embed-0"] = requests.result("Failed", failure_reason="boom")
    execution = start(engine, definition, "clean-0", "embed-0")
    engine.scripts.held["embed-0"].set()
    assert engine.await_job("clean-0").status == "Stopped"
    assert engine.end(execution)["status"] == "SUCCEEDED"
    assert "TaskSucceeded" not in list_types(engine, execution, "TaskFailed")


def test_stock_moto_writes_no_abort(stock: Engine) -> None:
    assert count_aborted(stock) == 0


def test_a_redrive_runs_failed_and_stopped_branches_again_and_keeps_finished_ones(
    engine: InstalledEngine, job: Any, requests: Any
) -> None:
    results = {f"{step}.$": f"$[{index}].jobs.{step}" for index, step in enumerate(("clean", "embed", "split"))}
    definition = parallel(job("clean"), job("embed"), job("split"), results=results)
    engine.scripts.results["embed-0"] = requests.result("Failed", failure_reason="boom")
    execution = start(engine, definition, "embed-0", "split-0")
    engine.await_job("clean-0")
    engine.await_event(StateExited, execution=execution, state="clean")
    engine.scripts.held["embed-0"].set()
    ended = engine.end(execution)
    assert (ended["status"], ended["redriveStatus"], ended["redriveCount"]) == ("FAILED", "REDRIVABLE", 0)
    engine.await_job("split-0")
    before = read_events(engine, execution)
    engine.restart()  # a later process can redrive too
    assert engine.sfn.redrive_execution(executionArn=execution)["redriveDate"]
    ended = engine.end(execution)
    assert ended["output"]["jobs"] == {
        "clean": {"name": "clean-0"},
        "embed": {"name": "embed-1"},
        "split": {"name": "split-1"},
    }
    assert (ended["status"], ended["redriveStatus"], ended["redriveCount"]) == ("SUCCEEDED", "NOT_REDRIVABLE", 1)
    assert ended["redriveStatusReason"] == "Execution is SUCCEEDED and cannot be redriven"
    events = read_events(engine, execution)
    assert events[: len(before)] == before
    redriven = events[len(before)]
    assert (redriven["type"], redriven["previousEventId"]) == ("ExecutionRedriven", before[-1]["id"])
    assert redriven["executionRedrivenEventDetails"] == {"redriveCount": 1}
    entries = {
        event["stateEnteredEventDetails"]["name"]: event["id"]
        for event in before
        if "stateEnteredEventDetails" in event
    }
    scheduled = [event["previousEventId"] for event in events[len(before) :] if event["type"] == "TaskScheduled"]
    assert sorted(scheduled) == sorted([entries["embed"], entries["split"]])
    assert "ParallelStateStarted" not in [event["type"] for event in events[len(before) :]]


def test_a_stopped_execution_goes_on_after_a_redrive_with_the_states_that_follow(
    engine: InstalledEngine, job: Any
) -> None:
    definition = job("train")
    definition["States"]["train"] |= {"Next": "told"}
    del definition["States"]["train"]["End"]
    parameters = {"redrives.$": "$$.Execution.RedriveCount", "time.$": "$$.Execution.RedriveTime"}
    definition["States"]["told"] = {"Type": "Pass", "Parameters": parameters, "End": True}
    execution = start(engine, definition, "train-0")
    engine.sfn.stop_execution(executionArn=execution)
    engine.await_job("train-0")
    assert engine.end(execution)["redriveStatus"] == "REDRIVABLE"
    engine.sfn.redrive_execution(executionArn=execution)
    output = engine.end(execution)["output"]
    assert (output["redrives"], output["time"][-1]) == (1, "Z")
    assert json.loads(read_events(engine, execution)[-1]["executionSucceededEventDetails"]["output"]) == output
