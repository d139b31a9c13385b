"""The history of an execution: whose job, whose failure, and what a redrive runs again."""

from __future__ import annotations

from pushtrain.runs.history import EnteredState, History
from tests.unit.runs.histories import PARALLEL_FAILED, PARALLEL_REDRIVEN, parse_events

NESTED = """
1 <- 0 ExecutionStarted
2 <- 0 TaskStateEntered clean
3 <- 2 TaskScheduled processing j-clean
4 <- 3 TaskSucceeded
5 <- 4 TaskStateExited clean
6 <- 5 ParallelStateEntered embed and rank
7 <- 6 ParallelStateStarted
8 <- 7 TaskStateEntered embed
9 <- 8 TaskScheduled training j-embed
10 <- 7 ParallelStateEntered rank and sort
11 <- 10 ParallelStateStarted
12 <- 11 TaskStateEntered rank
13 <- 12 TaskScheduled processing j-rank
14 <- 11 TaskStateEntered sort
15 <- 14 TaskScheduled processing j-sort
"""


def read(text: str) -> History:
    return History(parse_events(text))


def list_steps(history: History) -> list[tuple[str, str]]:
    return [(job.step, job.name) for job in history.list_jobs()]


def list_unfinished(history: History) -> list[str]:
    return [state.name for state in history.list_unfinished_states()]


def test_a_job_belongs_to_the_state_that_scheduled_it_though_branches_interleave() -> None:
    interleaved = """
    1 <- 0 ExecutionStarted
    2 <- 0 ParallelStateEntered clean and embed
    3 <- 2 ParallelStateStarted
    4 <- 3 TaskStateEntered clean
    5 <- 3 TaskStateEntered embed
    6 <- 5 TaskScheduled training j-embed
    7 <- 4 TaskScheduled processing j-clean
    8 <- 7 TaskFailed
    9 <- 8 TaskScheduled processing j-clean-0-1
    """
    assert list_steps(read(interleaved)) == [("embed", "j-embed"), ("clean", "j-clean"), ("clean", "j-clean-0-1")]


def test_a_redriven_job_belongs_to_the_state_that_was_entered_before_the_failure() -> None:
    assert list_steps(read(PARALLEL_REDRIVEN))[-2:] == [("embed", "j-embed-1"), ("split", "j-split-1")]


def test_a_task_that_is_no_job_and_a_job_of_no_state_are_left_out() -> None:
    events = parse_events("1 <- 0 ExecutionStarted\n2 <- 1 TaskScheduled training j")
    events.append(
        {"id": 3, "previousEventId": 0, "type": "TaskScheduled", "taskScheduledEventDetails": {"resource": "putObject"}}
    )
    assert list_steps(History(events)) == []


def test_the_state_that_failed_is_found_in_its_branch_not_the_one_entered_last() -> None:
    assert read(PARALLEL_FAILED).find_failed_state() == EnteredState(name="embed", kind="Task", event_id=8)


def test_a_fail_state_in_a_nested_branch_is_the_one_that_failed() -> None:
    ended = f"""{NESTED}
    16 <- 13 TaskSucceeded
    17 <- 16 TaskStateExited rank
    18 <- 17 ChoiceStateEntered rank completed?
    19 <- 18 ChoiceStateExited rank completed?
    20 <- 19 FailStateEntered rank did not complete
    21 <- 20 TaskStateAborted
    22 <- 20 ParallelStateFailed
    23 <- 20 TaskStateAborted
    24 <- 22 ParallelStateFailed
    25 <- 24 ExecutionFailed
    """
    history = read(ended)
    assert history.find_failed_state() == EnteredState(name="rank did not complete", kind="Fail", event_id=20)
    assert list_unfinished(history) == ["embed", "sort", "rank did not complete"]


def test_a_failure_after_a_redrive_is_found_too() -> None:
    again = f"{PARALLEL_REDRIVEN}\n29 <- 28 TaskFailed\n30 <- 29 ParallelStateFailed\n31 <- 30 ExecutionFailed"
    failed_state = read(again).find_failed_state()
    assert failed_state is not None
    assert (failed_state.name, list_unfinished(read(again))) == ("embed", ["embed"])


def test_a_fail_state_that_was_redriven_failed_again() -> None:
    text = "1 <- 0 ExecutionStarted\n2 <- 0 FailStateEntered no\n3 <- 2 ExecutionFailed\n4 <- 3 ExecutionRedriven\n"
    failed_state = read(f"{text}5 <- 4 ExecutionFailed").find_failed_state()
    assert failed_state == EnteredState(name="no", kind="Fail", event_id=2)


def test_all_branches_of_a_stopped_run_are_unfinished() -> None:
    history = read(f"{NESTED}16 <- 0 ExecutionAborted")
    assert list_unfinished(history) == ["embed", "rank", "sort"]
    assert history.find_failed_state() == EnteredState(name="sort", kind="Task", event_id=14)


def test_what_lies_in_a_parallel_state_that_caught_its_error_is_not_unfinished() -> None:
    caught = """
    1 <- 0 ExecutionStarted
    2 <- 0 ParallelStateEntered candidates
    3 <- 2 ParallelStateStarted
    4 <- 3 TaskStateEntered train a
    5 <- 4 TaskScheduled training j-a
    6 <- 3 TaskStateEntered train b
    7 <- 5 TaskFailed
    8 <- 7 TaskStateAborted
    9 <- 7 TaskStateAborted
    10 <- 7 ParallelStateFailed
    11 <- 10 ParallelStateExited candidates
    12 <- 11 TaskStateEntered tell
    """
    assert list_unfinished(read(caught)) == ["tell"]


def test_a_parallel_state_whose_branches_ended_is_unfinished_itself() -> None:
    text = """
    1 <- 0 ExecutionStarted
    2 <- 0 ParallelStateEntered both
    3 <- 2 ParallelStateStarted
    4 <- 3 PassStateEntered a
    5 <- 4 PassStateExited a
    """
    assert list_unfinished(read(text)) == ["both"]


def test_an_execution_that_entered_no_state_has_no_failed_one() -> None:
    assert History([]).find_failed_state() is None
    assert read("1 <- 0 ExecutionStarted\n2 <- 0 ExecutionFailed").find_failed_state() is None


def test_the_retries_of_a_call_share_one_job() -> None:
    retried = """
    1 <- 0 ExecutionStarted
    2 <- 0 TaskStateEntered train
    3 <- 2 TaskScheduled training j-train
    4 <- 3 TaskSubmitFailed
    5 <- 4 TaskScheduled training j-train
    6 <- 5 TaskSubmitted
    """
    assert list_steps(read(retried)) == [("train", "j-train")]
