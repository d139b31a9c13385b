"""A search without processes: what its trials are asked for, and how it ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import Barrier, Event
from typing import Any

import pytest

from pushtrain.catalog.api import find_request_problems
from pushtrain.local.api import ApiError
from pushtrain.local.sagemaker.tuning import (
    ALL_FAILED,
    SearchEnd,
    TrialRunner,
    build_trial_request,
    describe_end,
    format_trial,
    run_search,
)

Answer = Callable[[str], Mapping[str, Any]]
NAME = "pushtrain-0a1b2c3d-aa-0-0"
DEFINITION = {
    "StaticHyperParameters": {"epochs": "3"},
    "AlgorithmSpecification": {"TrainingImage": "image:1", "TrainingInputMode": "File"},
    "RoleArn": "arn:aws:iam::123456789012:role/pushtrain-jobs",
    "OutputDataConfig": {"S3OutputPath": "s3://artifacts/m/runs/r/train"},
    "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 30},
    "StoppingCondition": {"MaxRuntimeInSeconds": 60},
    "EnableManagedSpotTraining": True,
    "Environment": {"A": "b"},
}
VALUES = ["0.3", "0.1", "0.2", "0.4"]


def build_request(goal: str = "Minimize", parallel: int = 1, patience: int = 0, values: Any = VALUES) -> dict[str, Any]:
    criteria = {"BestObjectiveNotImproving": {"MaxNumberOfTrainingJobsNotImproving": patience}}
    return {
        "HyperParameterTuningJobConfig": {
            "Strategy": "Grid",
            "HyperParameterTuningJobObjective": {"Type": goal, "MetricName": "loss"},
            "ResourceLimits": {"MaxNumberOfTrainingJobs": len(values), "MaxParallelTrainingJobs": parallel},
            "ParameterRanges": {"CategoricalParameterRanges": [{"Name": "rate", "Values": values}]},
            **({"TuningJobCompletionCriteria": criteria} if patience else {}),
        },
        "TrainingJobDefinition": DEFINITION,
        "Tags": [{"Key": "team", "Value": "risk"}],
    }


def log_rate(rate: str) -> Mapping[str, Any]:
    """Describe a trial whose loss is its rate."""
    metrics = [{"MetricName": "loss", "Value": float(rate)}]
    return {"TrainingJobStatus": "Completed", "FinalMetricDataList": metrics}


class Computer:
    """Trials that end at once. `answer` describes the end of a trial with a certain rate."""

    def __init__(self, answer: Answer = log_rate) -> None:
        self.requests: list[Mapping[str, Any]] = []
        self.labels: list[str] = []
        self.earlier: dict[str, list[dict[str, Any]]] = {}
        self.lines: list[str] = []
        self.saved: list[int] = []
        self.stop = Event()
        self._answer = answer

    def start(self, request: Mapping[str, Any], label: str) -> None:
        self.requests.append(request)
        self.labels.append(label)

    def wait(self, name: str, _: Event) -> dict[str, Any]:
        request = next(request for request in self.requests if request["TrainingJobName"] == name)
        arn = f"arn:aws:sagemaker:us-east-1:123456789012:training-job/{name}"
        described = {"TrainingJobName": name, "TrainingJobArn": arn, "TrainingStartTime": 5.0, "TrainingEndTime": 7.0}
        return {**described, **self._answer(request["HyperParameters"]["rate"])}

    def run(self, **options: Any) -> SearchEnd:
        runner = TrialRunner(
            start=self.start,
            wait=self.wait,
            report=self.lines.append,
            list_trials=self.earlier.__getitem__,
            save=lambda trials: self.saved.append(len(trials)),
        )
        return run_search(NAME, build_request(**options), "train", self.stop, runner)


def test_a_trial_has_every_field_of_the_definition_and_the_values_of_the_search() -> None:
    request = build_trial_request(NAME, build_request(), 7, {"rate": "0.5"})
    assert find_request_problems("CreateTrainingJob", request) == []
    assert {**DEFINITION, **request} == {**request, "StaticHyperParameters": {"epochs": "3"}}
    assert request["HyperParameters"] == {"epochs": "3", "rate": "0.5", "_tuning_objective_metric": "loss"}
    assert request["TrainingJobName"].startswith(f"{NAME}-007-")
    assert request["Tags"] == [{"Key": "team", "Value": "risk"}]


@pytest.mark.parametrize(("goal", "best"), [("Minimize", "0.1"), ("Maximize", "0.4")])
def test_the_best_trial_is_that_of_the_goal(goal: str, best: str) -> None:
    computer = Computer()
    end = computer.run(goal=goal)
    assert end.best is not None
    assert (end.status, end.best["TunedHyperParameters"]) == ("Completed", {"rate": best})
    assert computer.lines == ["pushtrain: train: grid search, 4 trials", f"best of 4: loss {best}, rate {best}"]
    assert computer.labels == ["train 1/4", "train 2/4", "train 3/4", "train 4/4"]
    assert computer.saved == [1, 2, 3, 4]


def test_of_equal_trials_the_first_is_best() -> None:
    end = Computer(lambda _: log_rate("1")).run()
    assert end.best is not None
    assert end.best["TunedHyperParameters"] == {"rate": "0.3"}


def test_a_trial_that_fails_leaves_the_others() -> None:
    failed = {"TrainingJobStatus": "Failed", "FailureReason": "AlgorithmError: no"}
    end = Computer(lambda rate: failed if rate == "0.1" else log_rate(rate)).run()
    assert end.best is not None
    assert (end.status, end.best["TunedHyperParameters"]) == ("Completed", {"rate": "0.2"})
    described = describe_end(end)
    assert described["TrainingJobStatusCounters"]["NonRetryableError"] == 1
    assert described["ObjectiveStatusCounters"] == {"Succeeded": 3, "Pending": 0, "Failed": 0}
    assert described["ConsumedResources"] == {"RuntimeInSeconds": 8}


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"TrainingJobStatus": "Failed", "FailureReason": "AlgorithmError: no"}, ALL_FAILED),
        ({"TrainingJobStatus": "Completed"}, "No objective metrics found after running 4 training jobs."),
        (log_rate("nan"), ""),
    ],
    ids=["failed", "no-metric", "nan"],
)
def test_a_search_without_a_value_names_no_best_trial(answer: Mapping[str, Any], reason: str) -> None:
    end = Computer(lambda _: answer).run()
    assert end.reason.startswith(reason)
    assert end.status == ("Failed" if reason else "Completed")
    assert ("BestTrainingJob" in describe_end(end)) == (not reason)


def test_a_stopped_search_starts_no_more_trials() -> None:
    computer = Computer()

    def stop(rate: str) -> Mapping[str, Any]:
        computer.stop.set()
        return {"TrainingJobStatus": "Stopped"}

    computer._answer = stop
    end = computer.run()
    assert (end.status, len(computer.requests)) == ("Stopped", 1)


def test_a_trial_that_may_not_start_any_more_is_none() -> None:
    computer = Computer()

    def refuse(_: Mapping[str, Any], __: str) -> None:
        computer.stop.set()
        raise ApiError("ValidationException", "embedded AWS is going down")

    computer.start = refuse  # type: ignore[method-assign, assignment]
    assert computer.run().status == "Stopped"


def test_a_computer_that_cannot_run_jobs_stops_the_search() -> None:
    computer = Computer()

    def refuse(_: Mapping[str, Any], __: str) -> None:
        raise ApiError("ValidationException", "1 validation error detected")

    computer.start = refuse  # type: ignore[method-assign, assignment]
    with pytest.raises(ApiError, match="1 validation error"):
        computer.run()
    assert computer.stop.is_set()


def test_patience_ends_a_search_that_brings_nothing_better() -> None:
    computer = Computer()
    computer.run(patience=3, values=["0.2", "0.1", "0.3", "0.3", "0.3", "0.05"])
    assert [request["HyperParameters"]["rate"] for request in computer.requests] == ["0.2", "0.1", "0.3", "0.3", "0.3"]


def test_as_many_trials_as_asked_for_run_at_the_same_time() -> None:
    barrier = Barrier(2, timeout=20)

    def meet(rate: str) -> Mapping[str, Any]:
        barrier.wait()  # raises BrokenBarrierError unless two trials are here at once
        return log_rate(rate)

    assert Computer(meet).run(parallel=2).status == "Completed"


def test_a_trial_in_one_line_has_short_numbers_and_no_quotes() -> None:
    trial = {
        "FinalHyperParameterTuningJobObjectiveMetric": {"MetricName": "auc", "Value": 0.123456789},
        "TunedHyperParameters": {"rate": "0.0123456", "kind": '"a b"', "depth": "3", "plain": "x"},
    }
    assert format_trial(trial) == "auc 0.123457, rate 0.01235, kind a b, depth 3, plain x"
