"""Run a tuning job on this computer: its trials are training jobs, `MaxParallelTrainingJobs` at the same time.

In: the record of the tuning job, and functions that start, describe and stop training jobs. Out: the end of the record.
A trial that fails leaves the others. The values are those of `search`: this computer has no Bayesian search.
Source of the members and texts: API shape DescribeHyperParameterTuningJobResponse; SageMaker guide, "Monitor the
progress of a hyperparameter tuning job". [unverified] on AWS: after how many trials without the metric a search ends.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Lock
from typing import Any

from msgspec import Struct, field

from pushtrain.catalog import tuning_job
from pushtrain.catalog.job_kinds import BEST_TRIAL, TRAINING, TUNING
from pushtrain.hashes import hash_text
from pushtrain.local.api import ApiError
from pushtrain.local.sagemaker.search import Values, list_trials, name_search, select_seeds
from pushtrain.record import shorten_hyperparameter

OBJECTIVE_HYPERPARAMETER = "_tuning_objective_metric"  # SageMaker adds it to the hyperparameters of each trial
ALL_FAILED = "All training jobs failed. Please take a look at the training jobs failures to get more details."
NO_METRIC = (
    "No objective metrics found after running {count} training jobs. Please ensure that the custom algorithm is "
    "emitting the objective metric as defined by the regular expression provided."
)

Described = dict[str, Any]


class TrialRunner(Struct, frozen=True, kw_only=True):
    """What a search needs of the jobs on this computer.

    `start` creates a training job from its request and a label for people, and raises ApiError if none may start.
    `list_trials` returns the trials of an earlier tuning job by its name. `wait` returns the Describe document of a
    trial at its end; if the event is set before, it stops the job first. `report` gets a line for the log of the tuning
    job, `save` the trials that have ended.
    """

    start: Callable[[Mapping[str, Any], str], object]
    wait: Callable[[str, Event], Described]
    report: Callable[[str], object]
    list_trials: Callable[[str], list[Described]]
    save: Callable[[tuple[Described, ...]], object]


class SearchEnd(Struct, frozen=True, kw_only=True):
    """How a search ended: `status` is Completed, Failed or Stopped. `trials` are summaries, as SageMaker lists them."""

    status: str
    reason: str
    trials: tuple[Described, ...]

    @property
    def best(self) -> Described | None:
        """The summary of the trial with the best value; None if none has one."""
        ranked = [trial for trial in self.trials if trial.get("ObjectiveStatus") == "Succeeded"]
        return min(ranked, key=_read_rank) if ranked else None


class _Progress(Struct):
    """What the trials of one search share. `patience` is how many trials in a row may bring nothing better."""

    patience: int
    stale: int = 0
    lock: Lock = field(default_factory=Lock)
    trials: dict[int, Described] = field(default_factory=dict)

    def add(self, number: int, trial: Described) -> tuple[Described, ...]:
        """Add a trial that has ended, and return all of them, in order."""
        with self.lock:
            ranks = [_read_rank(earlier) for earlier in self.trials.values() if "ObjectiveStatus" in earlier]
            is_better = _read_rank(trial) < min(ranks, default=float("inf"))
            self.stale = 0 if is_better else self.stale + 1
            self.trials[number] = trial
            return tuple(self.trials[index] for index in sorted(self.trials))

    @property
    def is_exhausted(self) -> bool:
        """True if too many trials in a row brought nothing better."""
        with self.lock:
            return bool(self.patience) and self.stale >= self.patience


def run_search(name: str, request: Mapping[str, Any], step: str, stop: Event, runner: TrialRunner) -> SearchEnd:
    """Run the trials of a tuning job, and return when all have ended. `stop` ends the search early."""
    config = request[tuning_job.CONFIG]
    criteria = config.get("TuningJobCompletionCriteria", {}).get("BestObjectiveNotImproving", {})
    progress = _Progress(patience=criteria.get(tuning_job.MAX_WITHOUT_GAIN, 0))
    parents = request.get(tuning_job.WARM_START, {}).get(tuning_job.PARENTS, ())
    seeds = select_seeds(config, [_list_values(runner, parent[TUNING.name_member]) for parent in parents])
    trials = list(list_trials(config, seeds))
    warm = f", beginning with the best values of {len(parents)} earlier ({len(seeds)} usable)" if parents else ""
    runner.report(f"pushtrain: {step}: {name_search(config)}, {len(trials)} trials{warm}")

    def run_trial(numbered: tuple[int, Values]) -> None:
        number, values = numbered
        if stop.is_set() or progress.is_exhausted:
            return
        label = f"{step} {number}/{len(trials)}"
        trial_request = build_trial_request(name, request, number, values)
        try:
            trial = _run_trial(trial_request, label, stop, runner)
        except BaseException:
            stop.set()  # this computer cannot run jobs: the other trials end too
            raise
        if trial:
            summary = _summarize(trial, config[tuning_job.OBJECTIVE], values)
            runner.save(progress.add(number, summary))

    with ThreadPoolExecutor(config["ResourceLimits"][tuning_job.MAX_PARALLEL]) as pool:
        list(pool.map(run_trial, enumerate(trials, 1)))
    ended = tuple(trial for _, trial in sorted(progress.trials.items()))
    end = SearchEnd(trials=ended, **_find_end(ended, is_stopped=stop.is_set()))
    if end.best:
        runner.report(f"best of {len(ended)}: {format_trial(end.best)}")
    return end


def _list_values(runner: TrialRunner, name: str) -> list[Values]:
    """Return the values of the trials of an earlier search that had one of the metric, the best first."""
    ranked = [trial for trial in runner.list_trials(name) if trial.get("ObjectiveStatus") == "Succeeded"]
    return [trial["TunedHyperParameters"] for trial in sorted(ranked, key=_read_rank)]


def build_trial_request(name: str, request: Mapping[str, Any], number: int, values: Values) -> Described:
    """Return the CreateTrainingJob request of a trial, whose name begins with that of the tuning job."""
    definition = request[TUNING.trial[0]]
    objective = request[tuning_job.CONFIG][tuning_job.OBJECTIVE]["MetricName"]
    fixed = definition.get("StaticHyperParameters", {})
    return {
        **{member: value for member, value in definition.items() if member != "StaticHyperParameters"},
        TRAINING.name_member: f"{name}-{number:03d}-{hash_text(f'{name}/{number}')[:8]}",
        "HyperParameters": {**fixed, **values, OBJECTIVE_HYPERPARAMETER: objective},
        **({"Tags": request["Tags"]} if request.get("Tags") else {}),
    }


def describe_end(end: SearchEnd) -> Described:
    """Return the members of DescribeHyperParameterTuningJob that a search adds at its end."""
    statuses = [trial[TRAINING.status_member] for trial in end.trials]
    values = [trial.get("ObjectiveStatus") for trial in end.trials]
    counters = {
        "Completed": statuses.count("Completed"),
        "InProgress": 0,
        "RetryableError": 0,
        "NonRetryableError": statuses.count("Failed"),
        "Stopped": statuses.count("Stopped"),
    }
    objectives = {"Succeeded": values.count("Succeeded"), "Pending": 0, "Failed": values.count("Failed")}
    seconds = sum(trial[TRAINING.end_member] - trial[TRAINING.start_member] for trial in end.trials)
    return {
        tuning_job.TRIAL_COUNTERS: counters,
        "ObjectiveStatusCounters": objectives,
        "ConsumedResources": {"RuntimeInSeconds": round(seconds)},
        **({BEST_TRIAL: end.best} if end.best else {}),
    }


def format_trial(trial: Mapping[str, Any]) -> str:
    """Return a trial in one line: `auc 0.91, lr 0.02, booster gbtree`."""
    objective = trial[tuning_job.FINAL_OBJECTIVE]
    values = (f"{name} {shorten_hyperparameter(text)}" for name, text in trial["TunedHyperParameters"].items())
    return ", ".join((f"{objective['MetricName']} {objective['Value']:.6g}", *values))


def _run_trial(request: Described, label: str, stop: Event, runner: TrialRunner) -> Described | None:
    """Return the Describe document of a trial that has ended; None if it could not start any more."""
    try:
        runner.start(request, label)
    except ApiError:
        if not stop.is_set():
            raise
        return None
    return runner.wait(request[TRAINING.name_member], stop)


def _summarize(trial: Described, objective: Mapping[str, str], values: Values) -> Described:
    """Return a trial as ListTrainingJobsForHyperParameterTuningJob does."""
    members = (TRAINING.name_member, TRAINING.arn_member, TRAINING.status_member, "CreationTime", "FailureReason")
    moment = time.time()
    summary = {member: trial[member] for member in members if member in trial}
    summary[TRAINING.start_member] = trial.get(TRAINING.start_member, moment)
    summary[TRAINING.end_member] = trial.get(TRAINING.end_member, moment)
    summary["TunedHyperParameters"] = values
    if trial[TRAINING.status_member] != "Completed":
        return summary
    metrics = {entry["MetricName"]: entry["Value"] for entry in trial.get("FinalMetricDataList", ())}
    if (value := metrics.get(objective["MetricName"])) is None:
        return {**summary, "ObjectiveStatus": "Failed"}
    final = {"Type": objective["Type"], "MetricName": objective["MetricName"], "Value": value}
    return {**summary, "ObjectiveStatus": "Succeeded", tuning_job.FINAL_OBJECTIVE: final}


def _find_end(trials: tuple[Described, ...], *, is_stopped: bool) -> dict[str, str]:
    if is_stopped:
        return {"status": "Stopped", "reason": ""}
    if not any(trial.get("ObjectiveStatus") == "Succeeded" for trial in trials):
        completed = sum(trial[TRAINING.status_member] == "Completed" for trial in trials)
        return {"status": "Failed", "reason": NO_METRIC.format(count=completed) if completed else ALL_FAILED}
    return {"status": "Completed", "reason": ""}


def _read_rank(trial: Mapping[str, Any]) -> float:
    """Return a number that is smaller for a better trial; infinity without a value."""
    objective = trial.get(tuning_job.FINAL_OBJECTIVE)
    if objective is None or objective["Value"] != objective["Value"]:
        return float("inf")
    value: float = objective["Value"]
    return -value if objective["Type"] == "Maximize" else value
