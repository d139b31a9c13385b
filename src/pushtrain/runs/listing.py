"""List and filter runs. Reads Step Functions, changes nothing.

The listed runs have no jobs, and only the metrics of their gates. They are sorted oldest first.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pushtrain import aws
from pushtrain.launch.state_machine import build_state_machine_arn
from pushtrain.platform import Platform
from pushtrain.record import read_experiment
from pushtrain.runs.model import FAILED_STATUSES, Run
from pushtrain.runs.read import outcome_fields, parse_json_object, summary_fields

PAGES = {"PageSize": 1000}  # the maximum; ListExecutions allows only a few calls per second
# Outcome, as people name it -> ExecutionStatus. Only the execution's output distinguishes the last two.
STATUSES_BY_OUTCOME: Mapping[str, frozenset[str]] = {
    "running": frozenset({"RUNNING", "PENDING_REDRIVE"}),
    "failed": FAILED_STATUSES - {"ABORTED"},
    "stopped": frozenset({"ABORTED"}),
    "registered": frozenset({"SUCCEEDED"}),
    "not-registered": frozenset({"SUCCEEDED"}),
}
ANY_OUTCOME: frozenset[str] = frozenset(STATUSES_BY_OUTCOME)


@dataclass(frozen=True, kw_only=True)
class RunFilter:
    """Which runs to list: of one model (None: of all), with these outcomes, started at `since` (epoch) or later.

    `names` are pairs of model and run id; if it is not None, only these runs are listed.
    """

    model: str | None = None
    outcomes: frozenset[str] = ANY_OUTCOME
    since: float = 0.0
    names: frozenset[tuple[str, str]] | None = None

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

    Needs one more request for each run that succeeded; on this computer, where runs may be experiments, for each run.
    """
    states = aws.client("stepfunctions", platform.region)
    candidates = [
        (model, execution)
        for model, execution in list_executions(states, platform, [run_filter.model] if run_filter.model else None)
        if run_filter.has_name(model, execution["name"])
        and run_filter.may_match(execution["status"], execution["startDate"].timestamp())
    ]
    candidates.sort(key=lambda candidate: (candidate[1]["startDate"], candidate[1]["name"]), reverse=True)
    runs: list[Run] = []
    for model, execution in candidates:
        if len(runs) == limit:
            break
        run = _build_run(states, platform, model, execution)
        runs += [run] if run_filter.matches(run) else []
    return runs[::-1]


def find_newest_run(platform: Platform, model: str) -> str:
    """Return the id of the model's run that started last, experiments left out; empty if it never ran."""
    if platform.local_option:
        candidates = (find_runs(platform, RunFilter(model=model), limit) for limit in (1, sys.maxsize))
        return next((run.run for runs in candidates for run in reversed(runs) if run.experiment is None), "")
    states = aws.client("stepfunctions", platform.region)
    for _, arn in _list_state_machines(states, platform, [model]):
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


def _list_state_machines(states: Any, platform: Platform, models: Collection[str] | None) -> list[tuple[str, str]]:
    """Return (model, ARN) of the state machines of models, or of all. A name is the prefix, then the model."""
    if models is not None:
        return [(model, build_state_machine_arn(platform, model)) for model in models]
    pages = states.get_paginator("list_state_machines").paginate(PaginationConfig=PAGES)
    state_machines = [state_machine for page in pages for state_machine in page["stateMachines"]]
    prefix = f"{platform.prefix}-"
    return [
        (state_machine["name"].removeprefix(prefix), state_machine["stateMachineArn"])
        for state_machine in state_machines
        if state_machine["name"].startswith(prefix)
    ]


def list_executions(
    states: Any, platform: Platform, models: Collection[str] | None = None
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield (model, summary) of every execution of models, or of all; nothing for a model that never ran.

    On a platform with teams AWS denies the runs of other teams: they are left out. If it denies all, that is raised.
    """
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    state_machines = _list_state_machines(states, platform, models)
    denials: list[ClientError] = []
    for name, arn in state_machines:
        try:
            for page in states.get_paginator("list_executions").paginate(stateMachineArn=arn, PaginationConfig=PAGES):
                yield from ((name, execution) for execution in page["executions"])
        except states.exceptions.StateMachineDoesNotExist:
            continue
        except ClientError as error:
            if not platform.teams or error.response["Error"]["Code"] != "AccessDeniedException":
                raise
            denials.append(error)
    if denials and len(denials) == len(state_machines):
        raise denials[0]


def _build_run(states: Any, platform: Platform, model: str, execution: Mapping[str, Any]) -> Run:
    """Build a Run. Only the output says whether a run that succeeded registered its model.

    The input says if it is an experiment. There are none on AWS, so that no more is asked there.
    """
    is_described = execution["status"] == "SUCCEEDED" or platform.local_option
    described = states.describe_execution(executionArn=execution["executionArn"]) if is_described else {}
    output = parse_json_object(described.get("output"))
    fields = summary_fields(model, execution) | outcome_fields(execution["status"], output)
    return Run(**fields, metrics=_read_gate_metrics(output), input=parse_json_object(described.get("input")))


def _read_gate_metrics(output: Mapping[str, Any]) -> dict[str, float]:
    """Return the metrics of the gate in the output of an execution, as `workflow.registration` writes them: as texts.

    Empty for a run without a gate. What a template of a team writes there instead is left out unless it is a number.
    """
    metrics = output.get("metrics")
    if not isinstance(metrics, Mapping):
        return {}
    numbers = {name: _parse_number(value) for name, value in metrics.items()}
    return {name: number for name, number in numbers.items() if number is not None}


def _parse_number(value: object) -> float | None:
    try:
        number = float(value) if isinstance(value, str | int | float) else math.nan
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None
