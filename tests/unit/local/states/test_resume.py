"""Where a redriven execution goes on."""

from __future__ import annotations

from typing import Any

import pytest

from pushtrain.local.states.resume import FinishedBranch, NothingToResume, ResumePoint, find_resume_point
from tests.unit.runs.histories import PARALLEL_FAILED, parse_events


def scope(*names: str, **states: Any) -> dict[str, Any]:
    """A chain of tasks, and other states that replace those of the same name."""
    chain = {
        name: {"Type": "Task", **({"Next": after} if after else {"End": True})}
        for name, after in zip(names, [*names[1:], ""], strict=True)
    }
    return {"StartAt": names[0], "States": chain | states}


DIAMOND = scope("start", "clean and embed", "join")
DIAMOND["States"]["clean and embed"] = {
    "Type": "Parallel",
    "Branches": [scope("clean"), scope("embed"), scope("split", "sort")],
    "Next": "join",
}


def test_a_failed_task_goes_on_with_the_input_that_it_had() -> None:
    text = """
    1 <- 0 ExecutionStarted
    2 <- 0 TaskStateEntered a = {"x": 1}
    3 <- 2 TaskStateExited a = {"x": 2}
    4 <- 3 TaskStateEntered b = {"x": 2}
    5 <- 4 TaskFailed
    6 <- 5 ExecutionFailed
    """
    assert find_resume_point(scope("a", "b"), parse_events(text)) == ResumePoint(name="b", input={"x": 2}, event_id=4)


def test_of_a_parallel_state_finished_branches_keep_their_output() -> None:
    events = parse_events(PARALLEL_FAILED.replace("TaskStateExited clean", 'TaskStateExited clean = {"rows": 3}'))
    assert find_resume_point(DIAMOND, events) == ResumePoint(
        name="clean and embed",
        input={},
        event_id=4,
        started_id=5,
        branches=(
            FinishedBranch(output={"rows": 3}),
            ResumePoint(name="embed", input={}, event_id=8),
            ResumePoint(name="split", input={}, event_id=10),
        ),
    )


def test_a_branch_goes_on_after_the_last_state_that_ended_and_one_that_never_began_starts_anew() -> None:
    text = """
    1 <- 0 ExecutionStarted
    2 <- 0 ParallelStateEntered clean and embed
    3 <- 2 ParallelStateStarted
    4 <- 3 TaskStateEntered split
    5 <- 4 TaskStateExited split = {"parts": 2}
    6 <- 3 TaskStateEntered clean
    7 <- 0 ExecutionAborted
    """
    point = find_resume_point(DIAMOND, parse_events(text))
    clean, sort = ResumePoint(name="clean", input={}, event_id=6), ResumePoint(name="sort", input={"parts": 2})
    assert point.branches == (clean, None, sort)


def test_a_choice_that_led_nowhere_yet_is_made_again() -> None:
    text = '1 <- 0 ChoiceStateEntered ok? = {"x": 1}\n2 <- 1 ChoiceStateExited ok?\n3 <- 0 ExecutionAborted'
    definition = scope("ok?", **{"ok?": {"Type": "Choice", "Choices": []}})
    assert find_resume_point(definition, parse_events(text)) == ResumePoint(name="ok?", input={"x": 1}, event_id=1)


@pytest.mark.parametrize("error", ["States.DataLimitExceeded", "States.Runtime"])
def test_after_these_errors_the_whole_parallel_state_runs_again(error: str) -> None:
    events = parse_events(PARALLEL_FAILED.replace("ExecutionFailed", f"ExecutionFailed {error}"))
    assert find_resume_point(DIAMOND, events) == ResumePoint(name="clean and embed", input={}, event_id=4)


@pytest.mark.parametrize(
    ("history", "reason"),
    [
        ("1 <- 0 ExecutionStarted\n2 <- 0 ExecutionAborted", "no state was entered"),
        ("1 <- 0 TaskStateEntered a\n2 <- 1 TaskStateExited a\n3 <- 0 ExecutionAborted", "all states have ended"),
    ],
)
def test_nothing_is_left(history: str, reason: str) -> None:
    with pytest.raises(NothingToResume) as raised:
        find_resume_point(scope("a"), parse_events(history))
    assert str(raised.value) == reason
