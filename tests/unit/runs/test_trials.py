"""The trials of a tuning job, from SageMaker's summaries."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from pushtrain.catalog.job_kinds import TUNING
from pushtrain.record import Trial
from pushtrain.runs import Job, sort_trials
from pushtrain.runs.outputs import list_output_uris
from pushtrain.runs.trials import read_trials

START = datetime(2026, 11, 28, tzinfo=UTC)
SEARCH = {
    "HyperParameterTuningJobName": "search",
    "HyperParameterTuningJobArn": "arn:search",
    "BestTrainingJob": {"TrainingJobName": "t-3"},
    "TrainingJobDefinition": {"OutputDataConfig": {"S3OutputPath": "s3://b/m/runs/r/train"}},
}


def summarize(number: int, value: float | None = None, goal: str = "Minimize", **members: Any) -> dict[str, Any]:
    objective = {"Type": goal, "MetricName": "loss", "Value": value}
    return {
        "TrainingJobName": f"t-{number}",
        "TrainingJobArn": f"arn:t-{number}",
        "TrainingJobStatus": "Failed" if value is None else "Completed",
        "TrainingStartTime": START,
        "TrainingEndTime": START + timedelta(seconds=number),
        "TunedHyperParameters": {"rate": "0.5", "kind": '"a"'},
        **({} if value is None else {"FinalHyperParameterTuningJobObjectiveMetric": objective}),
        **members,
    }


class SageMaker:
    """Lists summaries on two pages."""

    def __init__(self, *summaries: dict[str, Any]) -> None:
        self.pages = [{"TrainingJobSummaries": summaries[:1]}, {"TrainingJobSummaries": summaries[1:]}]

    def get_paginator(self, operation: str) -> SageMaker:
        assert operation == "list_training_jobs_for_hyper_parameter_tuning_job"
        return self

    def paginate(self, **request: str) -> Iterator[dict[str, Any]]:
        assert request["HyperParameterTuningJobName"] == "search"
        return iter(self.pages)


def read(*summaries: dict[str, Any]) -> tuple[Trial, ...]:
    return read_trials(SageMaker(*summaries), SEARCH)


def test_trials_are_ranked_and_numbered_and_the_best_is_that_of_sagemaker() -> None:
    trials = read(summarize(1, 0.2), summarize(2, FailureReason="no"), summarize(3, 0.1), summarize(4, 0.1))
    assert [(trial.number, trial.rank, trial.is_best) for trial in trials] == [
        (1, 3, False),
        (2, None, False),
        (3, 1, True),
        (4, 2, False),
    ]
    assert [trial.number for trial in sort_trials(trials)] == [3, 4, 1, 2]
    assert trials[1] == Trial(
        number=2,
        name="t-2",
        arn="arn:t-2",
        status="Failed",
        seconds=2.0,
        hyperparameters={"kind": "a", "rate": "0.5"},
        reason="no",
    )


def test_the_highest_value_is_first_if_it_wins() -> None:
    trials = read(summarize(1, 0.1, "Maximize"), summarize(2, 0.5, "Maximize"), summarize(3, 0.9, "Maximize"))
    assert [trial.rank for trial in trials] == [3, 2, 1]


def test_a_trial_that_has_not_started_has_no_time() -> None:
    summary = summarize(1)
    del summary["TrainingStartTime"], summary["TunedHyperParameters"]
    [trial] = read(summary)
    assert (trial.seconds, trial.hyperparameters) == (0.0, {})


def test_outputs_log_and_arn_of_a_search_are_those_of_its_best_trial() -> None:
    trials = read(summarize(1, 0.2), summarize(3, 0.1))
    job = Job(
        step="train", name="search", kind=TUNING, status="Completed", seconds=2.5, described=SEARCH, trials=trials
    )
    model = "s3://b/m/runs/r/train/t-3/output/model.tar.gz"
    assert (job.model_uri, job.result_name, job.result_arn) == (model, "t-3", "arn:t-3")
    assert list_output_uris(TUNING, SEARCH) == {"model": model}
    assert job.log == "/aws/sagemaker/TrainingJobs:t-3/"
    assert job.paid_seconds == 4.0  # trials run side by side


def test_without_a_best_trial_the_log_is_that_of_the_first_that_failed() -> None:
    described = {key: value for key, value in SEARCH.items() if key != "BestTrainingJob"}
    trials = read_trials(SageMaker(summarize(1), summarize(2, FailureReason="no")), described)
    job = Job(
        step="train", name="search", kind=TUNING, status="Failed", seconds=2.5, described=described, trials=trials
    )
    assert (job.model_uri, job.result_name, job.result_arn) == ("", "t-2", "")
    stopped = replace(job, trials=trials[:1])
    assert (stopped.result_name, replace(stopped, trials=()).result_name) == ("t-1", "search")
