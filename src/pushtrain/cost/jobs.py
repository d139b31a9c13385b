"""A definition -> the SageMaker jobs it can start, and how often. Pure; reads the requests themselves.

Source: CreateProcessingJob (ProcessingResources.ClusterConfig), CreateTrainingJob (ResourceConfig,
StoppingCondition), and the Step Functions developer guide on Retry and Map.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pushtrain.catalog.job_kinds import read_instances

KINDS = {"createProcessingJob.sync": "processing", "createTrainingJob.sync": "training"}
UNKNOWN_INSTANCE = "?"
# "To stop a training job, SageMaker sends the algorithm the SIGTERM signal, which delays job termination for 120
# seconds" (API model, StoppingCondition).
GRACE = 120
# A Retry that names none of these tries a refused request again: no job has been paid for. (States.Timeout ends a
# task whose job may have run.)
FAILED_JOBS = frozenset({"States.ALL", "States.TaskFailed", "States.Timeout", "States.HeartbeatTimeout"})
DEFAULT_ATTEMPTS = 3  # Retry's MaxAttempts where it is not said
LOOP = "the workflow can come back to it any number of times"
EACH = "it runs once for each item of a Map"
ELSEWHERE = "what this integration starts is not known"


@dataclass(frozen=True, kw_only=True)
class PlannedJob:
    """Machines of one step. Where a template leaves one to the run, `instance` is UNTOLD, a number 0.

    `max_runtime` and `keep_alive` in seconds; `runs`: how often the workflow can run the job, its own retries
    included; `unbounded` says why that is not known. `kind` is `training`, `processing`, or empty for neither.
    """

    step: str
    instance: str
    instances: int
    max_runtime: int
    spot: bool = False
    kind: str = ""
    keep_alive: int = 0
    runs: int = 1
    unbounded: str = ""

    @property
    def seconds(self) -> int:
        """The longest one machine of one run of this job is paid for.

        Retries of SageMaker's own (RetryStrategy) share MaxRuntimeInSeconds; waiting for spot machines is not paid.
        """
        return self.max_runtime + self.keep_alive + (GRACE if self.kind == "training" else 0)


def list_planned_jobs(definition: Mapping[str, Any], *, runs: int = 1, unbounded: str = "") -> Iterator[PlannedJob]:
    """The jobs of a definition, branches included: each can start, though a run may pass it by."""
    states = definition["States"]
    for name, state in states.items():
        again = unbounded or (LOOP if name in _onward(states, name) else "")
        times = runs * count_attempts(state.get("Retry", ()))
        for inner, many in _inner(state):
            yield from list_planned_jobs(inner, runs=times, unbounded=again or many)
        integration = state.get("Resource", "").rpartition(":sagemaker:")[2]
        if integration in KINDS:
            yield from _jobs(name, KINDS[integration], state["Parameters"], times, again)
        elif ".sync" in integration:
            yield PlannedJob(step=name, instance=UNKNOWN_INSTANCE, instances=0, max_runtime=0, unbounded=ELSEWHERE)


def count_attempts(retry: Sequence[Mapping[str, Any]]) -> int:
    """How often a task's job can run: once, and once more for each retry that follows a failed job."""
    following = [one for one in retry if FAILED_JOBS & {*one["ErrorEquals"]}]
    return 1 + sum(int(one.get("MaxAttempts", DEFAULT_ATTEMPTS)) for one in following)


def _jobs(step: str, kind: str, request: Mapping[str, Any], runs: int, unbounded: str) -> Iterator[PlannedJob]:
    """One for each group of machines: a heterogeneous cluster has several."""
    machines = read_instances(request)
    for group in machines.get("InstanceGroups") or (machines,):
        yield PlannedJob(
            step=step,
            kind=kind,
            instance=group.get("InstanceType", UNKNOWN_INSTANCE),
            instances=group.get("InstanceCount", 0),
            max_runtime=request.get("StoppingCondition", {}).get("MaxRuntimeInSeconds", 0),
            spot=request.get("EnableManagedSpotTraining", False),
            keep_alive=machines.get("KeepAlivePeriodInSeconds", 0),
            runs=runs,
            unbounded=unbounded,
        )


def _inner(state: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], str]]:
    """The machines inside a state, each with why it may run any number of times."""
    yield from ((branch, "") for branch in state.get("Branches", ()))
    yield from ((state[key], EACH) for key in ("ItemProcessor", "Iterator") if key in state)


def _onward(states: Mapping[str, Any], name: str) -> set[str]:
    """All states that can follow `name`."""
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        found = set(_next(states.get(waiting.pop(), {}))) - seen
        seen |= found
        waiting.extend(found)
    return seen


def _next(state: Mapping[str, Any]) -> Iterator[str]:
    ways = (state, *state.get("Choices", ()), *state.get("Catch", ()))
    yield from (way[key] for way in ways for key in ("Next", "Default") if key in way)
