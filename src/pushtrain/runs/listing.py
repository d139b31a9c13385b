"""Many runs at a glance: listed, filtered, sought by their id. Reads Step Functions, changes nothing.

In: a platform and what is wanted. Out: Runs without jobs and metrics, oldest first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pushtrain import aws
from pushtrain.errors import RunNotFound
from pushtrain.launch.state_machine import build_state_machine_arn
from pushtrain.platform import Platform
from pushtrain.runs.model import FAILED_STATUSES, Run
from pushtrain.runs.read import outcome_fields, parse_json_object, read_run, summary_fields

PAGES = {"PageSize": 1000}  # the most; ListExecutions refills at a few calls a second
# ExecutionStatus by the word a person says. The last two are told apart by the output alone.
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
    """Which runs: of one model or of all, that ended so (words of ENDS), that began at `since` (epoch) or later."""

    model: str | None = None
    outcomes: frozenset[str] = ANY_OUTCOME
    since: float = 0.0

    def may_match(self, status: str, started: float) -> bool:
        """Whether a run of this ExecutionStatus can be one of them, before its output is read."""
        return started >= self.since and any(status in STATUSES_BY_OUTCOME[end] for end in self.outcomes)

    def matches(self, run: Run) -> bool:
        """Whether a run that may be one of them is. One that ended well without an outcome is wanted with any."""
        if run.status != "SUCCEEDED":
            return True
        return self.outcomes == ANY_OUTCOME or run.outcome.replace("_", "-") in self.outcomes


def list_runs(platform: Platform, model: str | None = None, limit: int = 100) -> list[Run]:
    """The newest `limit` runs of a model, or of all models of the platform, oldest first."""
    return find_runs(platform, RunFilter(model=model), limit)


def find_runs(platform: Platform, wanted: RunFilter, limit: int) -> list[Run]:
    """The newest `limit` of the runs that are wanted, oldest first. One more request for each that ended well."""
    states = aws.client("stepfunctions", platform.region)
    found = [
        (model, item)
        for model, item in _executions(states, platform, wanted.model)
        if wanted.may_match(item["status"], item["startDate"].timestamp())
    ]
    found.sort(key=lambda each: (each[1]["startDate"], each[1]["name"]), reverse=True)
    chosen: list[Run] = []
    for model, item in found:
        if len(chosen) == limit:
            break
        run = _listed(states, model, item)
        chosen += [run] if wanted.matches(run) else []
    return chosen[::-1]


def find_newest_run(platform: Platform, model: str) -> str:
    """The run of a model that was started last, empty when it never ran."""
    states = aws.client("stepfunctions", platform.region)
    for _, arn in _machines(states, platform, model):
        try:
            found = states.list_executions(stateMachineArn=arn, maxResults=1)["executions"]  # newest first
        except states.exceptions.StateMachineDoesNotExist:
            continue
        return str(found[0]["name"]) if found else ""
    return ""


def find_run(platform: Platform, text: str) -> Run:
    """The run whose id begins with `text`. Raises RunNotFound when there is none or more than one."""
    states = aws.client("stepfunctions", platform.region)
    found = [(model, item["name"]) for model, item in _executions(states, platform) if item["name"].startswith(text)]
    if len(found) != 1:
        known = ", ".join(name for _, name in found[:5])
        said = f"more than one run begins with {text!r}: {known}" if found else f"there is no run {text!r}"
        raise RunNotFound(f"{said}. `pushtrain runs list{platform.cli_option}` shows them")
    return read_run(platform, *found[0])


def _machines(states: Any, platform: Platform, model: str | None) -> list[tuple[str, str]]:
    """(model, ARN) of the platform's state machines; the model's name is what follows the prefix."""
    if model:
        return [(model, build_state_machine_arn(platform, model))]
    pages = states.get_paginator("list_state_machines").paginate(PaginationConfig=PAGES)
    found = [machine for page in pages for machine in page["stateMachines"]]
    head = f"{platform.prefix}-"
    return [
        (item["name"].removeprefix(head), item["stateMachineArn"]) for item in found if item["name"].startswith(head)
    ]


def _executions(states: Any, platform: Platform, model: str | None = None) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """(model, summary) of every execution; none for a model that never ran."""
    for name, arn in _machines(states, platform, model):
        try:
            for page in states.get_paginator("list_executions").paginate(stateMachineArn=arn, PaginationConfig=PAGES):
                yield from ((name, item) for item in page["executions"])
        except states.exceptions.StateMachineDoesNotExist:
            continue


def _listed(states: Any, model: str, item: Mapping[str, Any]) -> Run:
    """Only the output tells whether a run that ended well registered its model."""
    ended_well = item["status"] == "SUCCEEDED"
    output = states.describe_execution(executionArn=item["executionArn"]).get("output") if ended_well else None
    return Run(**summary_fields(model, item), **outcome_fields(item["status"], parse_json_object(output)))
