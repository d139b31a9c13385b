"""List and filter runs. Reads S3 and Step Functions, changes nothing.

The listed runs have no jobs, and only the metrics of their gates. They are sorted oldest first.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from itertools import islice
from typing import Any

from msgspec import Struct

from pushtrain import aws
from pushtrain.parallel import call_all
from pushtrain.platform import Platform
from pushtrain.record import read_experiment
from pushtrain.runs.executions import PAGES, list_executions, list_state_machines
from pushtrain.runs.listed_run import build_listed_run
from pushtrain.runs.model import FAILED_STATUSES, Run
from pushtrain.runs.read import parse_json_object
from pushtrain.runs.started import find_started_runs

# Outcome, as people name it -> ExecutionStatus. Only the execution's output distinguishes the last two.
STATUSES_BY_OUTCOME: Mapping[str, frozenset[str]] = {
    "running": frozenset({"RUNNING", "PENDING_REDRIVE"}),
    "failed": FAILED_STATUSES - {"ABORTED"},
    "stopped": frozenset({"ABORTED"}),
    "registered": frozenset({"SUCCEEDED"}),
    "not-registered": frozenset({"SUCCEEDED"}),
}
ANY_OUTCOME: frozenset[str] = frozenset(STATUSES_BY_OUTCOME)


class RunFilter(Struct, frozen=True, kw_only=True):
    """Which runs to list: of one model (None: of all), with these outcomes, started at `since` (epoch) or later.

    `names` are pairs of model and run id; if it is not None, only these runs are listed.
    """

    model: str | None = None
    outcomes: frozenset[str] = ANY_OUTCOME
    since: float = 0.0
    names: frozenset[tuple[str, str]] | None = None

    @property
    def has_any_run(self) -> bool:
        """True if the filter lets every run of every model through that started since then."""
        return self.model is None and self.outcomes == ANY_OUTCOME and self.names is None

    def has_name(self, model: str, run: str) -> bool:
        """Return False if the filter has names, but not that of this run."""
        return self.names is None or (model, run) in self.names

    def may_match(self, status: str, started: float) -> bool:
        """Return False if a run with this ExecutionStatus and start (epoch) cannot match, whatever its output says."""
        return started >= self.since and any(status in STATUSES_BY_OUTCOME[end] for end in self.outcomes)

    def matches(self, run: Run) -> bool:
        """Return True if the run's outcome is wanted. `may_match` must be true for the run.

        A run that succeeded without an outcome matches only if the filter has all outcomes.
        """
        if run.status != "SUCCEEDED":
            return True
        return self.outcomes == ANY_OUTCOME or run.outcome.replace("_", "-") in self.outcomes


def list_runs(platform: Platform, model: str | None = None, limit: int = 100) -> list[Run]:
    """Return the newest `limit` runs of a model, or of all models of the platform, oldest first."""
    return find_runs(platform, RunFilter(model=model), limit)


def find_runs(platform: Platform, run_filter: RunFilter, limit: int) -> list[Run]:
    """Return the newest `limit` runs that match, oldest first.

    The newest runs of all models are known from one listing, so that the number of requests does not grow with the
    number of models. If there are fewer than `limit`, or the filter asks for more, Step Functions is asked about every
    model. Needs one more request for each run that is returned, except on AWS for one that has not succeeded.
    """
    states = aws.client("stepfunctions", platform.region)
    runs = find_started_runs(states, platform, run_filter.since, limit) if run_filter.has_any_run else []
    if len(runs) < limit:
        runs = _find_in_all_models(states, platform, run_filter, limit, {(run.model, run.run): run for run in runs})
    return sorted(runs, key=lambda run: (run.started, run.run))


def _find_in_all_models(
    states: Any, platform: Platform, run_filter: RunFilter, limit: int, described_runs: Mapping[tuple[str, str], Run]
) -> list[Run]:
    """Return the newest `limit` runs. Those of `described_runs` are not described again."""

    def build(candidate: tuple[str, Mapping[str, Any]]) -> Run:
        model, execution = candidate
        return described_runs.get((model, execution["name"])) or _describe_listed(states, platform, model, execution)

    candidates = [
        (model, execution)
        for model, execution in list_executions(states, platform, [run_filter.model] if run_filter.model else None)
        if run_filter.has_name(model, execution["name"])
        and run_filter.may_match(execution["status"], execution["startDate"].timestamp())
    ]
    candidates.sort(key=lambda candidate: (candidate[1]["startDate"], candidate[1]["name"]), reverse=True)
    remaining = iter(candidates)
    runs: list[Run] = []
    while len(runs) < limit and (batch := list(islice(remaining, limit - len(runs)))):
        runs += [run for run in call_all(build, batch) if run_filter.matches(run)]
    return runs


def find_newest_run(platform: Platform, model: str) -> str:
    """Return the id of the model's run that started last, experiments left out; empty if it never ran."""
    if platform.local_option:
        candidates = (find_runs(platform, RunFilter(model=model), limit) for limit in (1, sys.maxsize))
        return next((run.run for runs in candidates for run in reversed(runs) if run.experiment is None), "")
    states = aws.client("stepfunctions", platform.region)
    for _, arn in list_state_machines(states, platform, [model]):
        try:
            return _find_newest_push(states, arn)
        except states.exceptions.StateMachineDoesNotExist:
            continue
    return ""


def _find_newest_push(states: Any, arn: str) -> str:
    """Return the name of the newest execution that is no experiment: on AWS, one that reproduces no version."""
    for page in states.get_paginator("list_executions").paginate(stateMachineArn=arn, PaginationConfig=PAGES):
        for execution in page["executions"]:  # newest first
            described = states.describe_execution(executionArn=execution["executionArn"])
            if read_experiment(parse_json_object(described.get("input"))) is None:
                return str(execution["name"])
    return ""


def _describe_listed(states: Any, platform: Platform, model: str, execution: Mapping[str, Any]) -> Run:
    """Return a listed run. Only the output says whether a run that succeeded registered its model.

    The input says if it is an experiment. There are none on AWS, so that no more is asked there.
    """
    is_described = execution["status"] == "SUCCEEDED" or platform.local_option
    described = states.describe_execution(executionArn=execution["executionArn"]) if is_described else {}
    return build_listed_run(model, execution, described)
