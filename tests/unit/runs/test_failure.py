"""Why a run failed, in the words a person reads first."""

from __future__ import annotations

from typing import Any

import pytest

from pushtrain.catalog import job_kinds
from pushtrain.runs import Job
from pushtrain.runs.advice import find_advice
from pushtrain.runs.failure import explain_failure
from pushtrain.runs.model import Failure
from tests.unit.runs.histories import PARALLEL_FAILED, parse_events


def entered(*states: str) -> list[dict[str, Any]]:
    """The history of a run that entered these states, one after the other, and failed in the last one."""
    lines = [f"{number} <- {number - 1} TaskStateEntered {state}" for number, state in enumerate(states, 1)]
    return parse_events("\n".join([*lines, f"{len(states) + 1} <- {len(states)} ExecutionFailed"]))


def job(step: str, status: str, reason: str = "", kind: job_kinds.JobKind = job_kinds.TRAINING) -> Job:
    return Job(step=step, name=f"j-{step}", kind=kind, status=status, seconds=1.0, reason=reason)


def failed(error: str = "States.TaskFailed", cause: str = "{...}") -> dict[str, Any]:
    return {"status": "FAILED", "error": error, "cause": cause}


def told(failure: Failure | None) -> tuple[str, str]:
    assert failure is not None
    return failure.step, failure.reason


def test_the_scripts_own_words_come_before_step_functions_cause() -> None:
    jobs = [job("preprocess", "Completed"), job("train", "Failed", "AlgorithmError: ValueError: no rows, exit code: 1")]
    found = explain_failure(failed(), entered("preprocess", "preprocess completed?", "train"), jobs, {})
    assert told(found) == ("train", "ValueError: no rows")
    assert found is not None
    assert found.log == "/aws/sagemaker/TrainingJobs:j-train/"


def test_a_stopped_job_names_its_step_though_a_fail_state_ended_the_run() -> None:
    states = entered("train", "train completed?", "train did not complete")
    found = explain_failure(
        failed("JobNotCompleted", "The train job ended as Stopped"), states, [job("train", "Stopped")], {}
    )
    assert told(found) == ("train", "The train job ended as Stopped")


def test_a_missing_evaluation_says_which_file_to_write() -> None:
    found = explain_failure(
        failed("S3.NoSuchKeyException", "The specified key"), entered("evaluate", "read metrics"), [], {}
    )
    assert told(found)[1] == (
        "the evaluate job wrote no evaluation.json: write it to /opt/ml/processing/evaluation/evaluation.json"
    )


@pytest.mark.parametrize(
    ("error", "cause", "said"),
    [
        (
            "States.IntrinsicFailure",
            "The function 'States.StringToJson' had the following error: line 1",
            "evaluation.json is not JSON: line 1. Write it with json.dump",
        ),
        ("S3.S3Exception", "Access Denied", "evaluation.json could not be read: Access Denied"),
        (
            "States.DataLimitExceeded",
            "",
            "evaluation.json is larger than 200 KB, which no state can hold. Move its arrays to plots.json",
        ),
    ],
)
def test_an_evaluation_that_cannot_be_read_is_told_why(error: str, cause: str, said: str) -> None:
    found = explain_failure(failed(error, cause), entered("read metrics"), [], {})
    assert told(found)[1] == said


def test_nan_is_told_by_metric() -> None:
    evaluation = {"accuracy": float("nan"), "f1": {"value": float("inf")}, "ok": 1.0}
    found = explain_failure(failed("States.IntrinsicFailure", "..."), entered("read metrics"), [], evaluation)
    assert told(found)[1] == (
        "evaluation.json: accuracy, f1.value is NaN or Infinity, which JSON cannot hold. Write a finite number"
    )


def missing(metric: str, evaluation: object) -> str:
    """What is said of a metric that evaluation.json has not."""
    cause = f"evaluation.json has no metric {metric!r}, which config.yaml's register.when asks for."
    found = explain_failure(
        failed("MetricMissing", cause), entered("metrics present?", "metric 1 missing"), [], evaluation
    )
    assert told(found)[0] == "gate"
    assert told(found)[1].startswith(cause)
    return told(found)[1].removeprefix(cause)


@pytest.mark.parametrize(
    ("metric", "hint"),
    [
        ("accuracy", " Did you mean 'binary.accuracy.value'?"),
        ("accuracy.value", " Did you mean 'binary.accuracy.value'?"),
        ("binary.acuracy.value", " Did you mean 'binary.accuracy.value'?"),
        ("zz", " It has: binary.accuracy.value, binary.auc.value"),
        ("it's", " It has: binary.accuracy.value, binary.auc.value"),
    ],
)
def test_a_missing_metric_is_told_with_the_one_that_was_meant(metric: str, hint: str) -> None:
    assert missing(metric, {"binary": {"accuracy": {"value": 0.9}, "auc": {"value": 0.8}}}) == hint


def test_of_many_metrics_a_few_are_listed() -> None:
    assert missing("zz", {f"m{n}": n for n in range(9)}) == " It has: m0, m1, m2, m3, m4 …"
    assert missing("zz", {}) == " It has no metric at all"


def test_a_metric_that_is_a_mapping_is_told_with_the_number_inside() -> None:
    cause = "metric 'accuracy' of evaluation.json is not a finite number, so the gate cannot judge it."
    states = entered("metrics numbers?", "metric 1 not a number")
    for evaluation, hint in (({"accuracy": {"value": 1}}, " Did you mean 'accuracy.value'?"), ({"accuracy": "1"}, "")):
        assert told(explain_failure(failed("MetricNotANumber", cause), states, [], evaluation))[1] == cause + hint


def test_a_reason_that_says_nothing_is_looked_up_in_the_log() -> None:
    lines = ["reading", "Traceback (most recent call last):", '  File "a.py", line 1', "pkg.Odd: no rows", "bye"]
    jobs = [job("preprocess", "Failed", "AlgorithmError: , exit code: 1", kind=job_kinds.PROCESSING)]
    found = explain_failure(failed(), entered("preprocess"), jobs, {}, lambda _: lines)
    assert told(found) == ("preprocess", "pkg.Odd: no rows")


def test_the_log_is_not_read_where_the_reason_says_it() -> None:
    def read(_: Job) -> list[str]:
        raise AssertionError

    jobs = [job("train", "Failed", "AlgorithmError: ValueError: no rows, exit code: 1")]
    assert explain_failure(failed(), entered("train"), jobs, {}, read) is not None


def test_a_job_stopped_at_its_time_limit_names_the_key_to_raise() -> None:
    stopped = Job(step="train", name="j", kind=job_kinds.TRAINING, status="Stopped", seconds=2.1, limit=2)
    found = explain_failure(failed("JobNotCompleted", "..."), entered("train did not complete"), [stopped], {})
    assert told(found)[1] == "stopped at its max_runtime of 2 s. Raise train.max_runtime in config.yaml"


def test_the_step_that_failed_is_named_not_a_stopped_sibling_that_started_later() -> None:
    jobs = [job("clean", "Completed"), job("embed", "Failed", "ValueError: no rows"), job("split", "Stopped")]
    failure = explain_failure(failed(), parse_events(PARALLEL_FAILED), jobs, {})
    assert told(failure) == ("embed", "ValueError: no rows")


def test_a_run_that_did_not_fail_has_no_failure() -> None:
    assert explain_failure({"status": "SUCCEEDED"}, entered("train"), [], {}) is None


def test_packages_that_no_index_has_are_looked_for_in_the_log() -> None:
    said = "check that every line of requirements.txt can be installed: the log has pip's own message"
    assert find_advice("AlgorithmError: InstallRequirementsError: ") == said
