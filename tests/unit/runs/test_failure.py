"""Why a run failed, in the words a person reads first."""

from __future__ import annotations

from typing import Any

import pytest

from pushtrain.catalog import job_kinds
from pushtrain.catalog.job_kind import JobKind
from pushtrain.errors import DecideError
from pushtrain.local.states.functions import FunctionFailed
from pushtrain.runs import Job
from pushtrain.runs.advice import find_advice
from pushtrain.runs.failure import explain_failure
from pushtrain.runs.model import Failure
from tests.unit.runs.histories import PARALLEL_FAILED, parse_events


def entered(*states: str) -> list[dict[str, Any]]:
    """The history of a run that entered these states, one after the other, and failed in the last one."""
    lines = [f"{number} <- {number - 1} TaskStateEntered {state}" for number, state in enumerate(states, 1)]
    return parse_events("\n".join([*lines, f"{len(states) + 1} <- {len(states)} ExecutionFailed"]))


def job(step: str, status: str, reason: str = "", kind: JobKind = job_kinds.TRAINING) -> Job:
    return Job(step=step, name=f"j-{step}", kind=kind, status=status, seconds=1.0, reason=reason)


def failed(error: str = "States.TaskFailed", cause: str = "{...}") -> dict[str, Any]:
    return {"status": "FAILED", "error": error, "cause": cause}


def told(failure: Failure | None) -> tuple[str, str]:
    assert failure is not None
    return failure.step, failure.reason


def test_the_scripts_own_words_come_before_step_functions_cause() -> None:
    jobs = [job("preprocess", "Completed"), job("train", "Failed", "AlgorithmError: ValueError: no rows, exit code: 1")]
    found = explain_failure(failed(), entered("preprocess", "preprocess completed?", "train"), jobs)
    assert told(found) == ("train", "ValueError: no rows")
    assert found is not None
    assert found.log == "/aws/sagemaker/TrainingJobs:j-train/"


def test_a_stopped_job_names_its_step_though_a_fail_state_ended_the_run() -> None:
    states = entered("train", "train completed?", "train did not complete")
    found = explain_failure(
        failed("JobNotCompleted", "The train job ended as Stopped"), states, [job("train", "Stopped")]
    )
    assert told(found) == ("train", "The train job ended as Stopped")


def fail_decide(error: Exception) -> tuple[str, str]:
    """Return the step and the reason of a run in which `decide` raised an error."""
    described = failed(type(error).__name__, FunctionFailed.from_error(error).cause)
    return told(explain_failure(described, entered("evaluate", "decide"), []))


@pytest.mark.parametrize("kind", DecideError.__subclasses__())
def test_the_message_of_decide_is_the_reason(kind: type[DecideError]) -> None:
    assert fail_decide(kind("write it with json.dump")) == ("gate", "write it with json.dump")


def test_an_unexpected_error_of_decide_is_named() -> None:
    assert fail_decide(KeyError("model")) == ("gate", "the function on_decide failed with KeyError: 'model'")


@pytest.mark.parametrize("cause", ['{"a": 1}', '"text"', "[]", "no access"])
def test_another_cause_is_the_reason_as_it_is(cause: str) -> None:
    assert told(explain_failure(failed("Lambda.X", cause), entered("decide"), [])) == ("gate", cause)


def test_a_reason_that_says_nothing_is_looked_up_in_the_log() -> None:
    lines = ["reading", "Traceback (most recent call last):", '  File "a.py", line 1', "pkg.Odd: no rows", "bye"]
    jobs = [job("preprocess", "Failed", "AlgorithmError: , exit code: 1", kind=job_kinds.PROCESSING)]
    found = explain_failure(failed(), entered("preprocess"), jobs, lambda _: lines)
    assert told(found) == ("preprocess", "pkg.Odd: no rows")


def test_the_log_is_not_read_where_the_reason_says_it() -> None:
    def read(_: Job) -> list[str]:
        raise AssertionError

    jobs = [job("train", "Failed", "AlgorithmError: ValueError: no rows, exit code: 1")]
    assert explain_failure(failed(), entered("train"), jobs, read) is not None


def test_a_job_stopped_at_its_time_limit_names_the_key_to_raise() -> None:
    stopped = Job(step="train", name="j", kind=job_kinds.TRAINING, status="Stopped", seconds=2.1, limit=2)
    found = explain_failure(failed("JobNotCompleted", "..."), entered("train did not complete"), [stopped])
    assert told(found)[1] == "stopped at its max_runtime of 2 s. Raise train.max_runtime in config.yaml"


def test_the_step_that_failed_is_named_not_a_stopped_sibling_that_started_later() -> None:
    jobs = [job("clean", "Completed"), job("embed", "Failed", "ValueError: no rows"), job("split", "Stopped")]
    failure = explain_failure(failed(), parse_events(PARALLEL_FAILED), jobs)
    assert told(failure) == ("embed", "ValueError: no rows")


def test_a_run_that_did_not_fail_has_no_failure() -> None:
    assert explain_failure({"status": "SUCCEEDED"}, entered("train"), []) is None


def test_packages_that_no_index_has_are_looked_for_in_the_log() -> None:
    said = "check that every line of requirements.txt can be installed: the log has pip's own message"
    assert find_advice("AlgorithmError: InstallRequirementsError: ") == said


def test_a_row_that_the_model_does_not_answer_is_named_with_file_and_line() -> None:
    row = "rows/고객.csv, lines 1 to 3: inference.py, line 9: ValueError: no such row (500)"
    states = entered("predict", "delete model of failed predict", "predict ended in time?", "predict failed")
    jobs = [job("predict", "Failed", f"AlgorithmError: {row}", kind=job_kinds.TRANSFORM)]
    log = ["Traceback (most recent call last):", "ValueError: no such row"]
    assert told(explain_failure(failed(), states, jobs, lambda _: log)) == ("predict", row)
    jobs = [job("predict", "Failed", "AlgorithmError: See job logs for more information", kind=job_kinds.TRANSFORM)]
    assert told(explain_failure(failed(), states, jobs, lambda _: log)) == ("predict", "ValueError: no such row")


def test_a_model_that_cannot_be_created_fails_its_step() -> None:
    found = explain_failure(
        failed("SageMaker.SageMakerException", "no such image"), entered("create model predict"), []
    )
    assert told(found) == ("predict", "no such image")
