"""List the SageMaker jobs that a definition can start, and how often. Pure; it reads the requests in the definition.

Source: CreateProcessingJob (ProcessingResources.ClusterConfig), CreateTrainingJob (ResourceConfig,
StoppingCondition), and the Step Functions developer guide on Retry and Map.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from pushtrain.catalog import tuning_job
from pushtrain.catalog.asl import JOB_ERRORS
from pushtrain.catalog.job_fields import count_instances, is_spot, list_instance_types, read_instances, read_path
from pushtrain.catalog.job_kind import JobKind
from pushtrain.catalog.job_kinds import BY_NAME, find_started_kind
from pushtrain.workflow.capacity import is_wait_choice
from pushtrain.workflow.definition import State, find_reachable, list_inner_scopes, map_edges

UNKNOWN_INSTANCE = "?"
DEFAULT_ATTEMPTS = 3  # Retry's MaxAttempts if it is not set
LOOP_REASON = "the workflow can come back to it any number of times"
MAP_REASON = "it runs once for each item of a Map"
TRIALS_REASON = "only the run knows how many trials it has"
UNKNOWN_INTEGRATION = "what this integration starts is not known"


class PlannedJob(Struct, frozen=True, kw_only=True):
    """Instances of one job. `instance` is UNKNOWN_INSTANCE, and a number is 0, if only the run knows it.

    `preferences` are the types from which SageMaker takes the first with capacity, `instance` the first of them; empty
    if there is one type. `max_runtime` and `keep_alive` are in seconds. `runs` is how often the workflow can run the
    job, retries included; `unbounded` says why that number is unknown. `kind` is the name of a JobKind, or empty for
    none. `parallel` is how many of the runs go on at the same time: the trials of a search.
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
    preferences: tuple[str, ...] = ()
    parallel: int = 1

    @property
    def most_instances(self) -> int:
        """The number of instances that it uses at the same time at most."""
        return self.instances * self.parallel

    @property
    def seconds(self) -> int:
        """Seconds that one instance of one run of this job costs at most.

        SageMaker's own retries (RetryStrategy) share MaxRuntimeInSeconds. Waiting for spot instances costs nothing.
        """
        grace = BY_NAME[self.kind].grace if self.kind else 0
        return self.max_runtime + self.keep_alive + grace


def list_planned_jobs(definition: Mapping[str, Any], *, runs: int = 1, unbounded: str = "") -> Iterator[PlannedJob]:
    """Yield the jobs of a definition, branches included, even those that a run may skip."""
    states = definition["States"]
    edges = _map_paid_edges(states)
    for name, state in states.items():
        reason = unbounded or (LOOP_REASON if name in find_reachable(edges[name], edges) else "")
        total_runs = runs * count_attempts(state.get("Retry", ()))
        map_reason = MAP_REASON if state.get("Type") == "Map" else ""
        for _, scope in list_inner_scopes(state):
            yield from list_planned_jobs(scope, runs=total_runs, unbounded=reason or map_reason)
        resource = state.get("Resource", "")
        if kind := find_started_kind(resource):
            limit = state.get("TimeoutSeconds", 0)  # Step Functions stops the job then
            yield from _build_jobs(name, kind, state["Parameters"], total_runs, reason, limit)
        elif ".sync" in resource.rpartition(":sagemaker:")[2]:
            yield PlannedJob(
                step=name, instance=UNKNOWN_INSTANCE, instances=0, max_runtime=0, unbounded=UNKNOWN_INTEGRATION
            )


def count_attempts(retry: Sequence[Mapping[str, Any]]) -> int:
    """Return how often a task's job can run: once, plus once for each retry after a failed job.

    After other errors, the call of SageMaker either created no job, or it created the job and refuses its name now.
    """
    retriers = [retrier for retrier in retry if JOB_ERRORS & {*retrier["ErrorEquals"]}]
    return 1 + sum(int(retrier.get("MaxAttempts", DEFAULT_ATTEMPTS)) for retrier in retriers)


def _map_paid_edges(states: Mapping[str, State]) -> dict[str, set[str]]:
    """Return the transitions of a scope without those by which a job that has cost nothing runs again."""
    edges = map_edges(states)
    for name, state in states.items():
        if state.get("Type") == "Choice" and is_wait_choice(state):
            edges[name].discard(state["Default"])
    return edges


def _build_jobs(
    step: str, kind: JobKind, request: Mapping[str, Any], runs: int, unbounded: str, limit: int
) -> Iterator[PlannedJob]:
    """Yield one job for each group of instances; a heterogeneous cluster has several groups.

    A tuning job runs once for each of its trials.
    `limit` are the seconds after which Step Functions stops a job that has no limit of its own.
    """
    resources, job = read_instances(request), read_path(request, kind.trial)
    limits = request.get(tuning_job.CONFIG, {}).get("ResourceLimits", {}) if kind.trial else {}
    trials, reason = limits.get(tuning_job.MAX_TRIALS, 1), "" if limits or not kind.trial else TRIALS_REASON
    for group in resources.get("InstanceGroups") or (resources,):
        types = list_instance_types(group)
        yield PlannedJob(
            step=step,
            kind=kind.billed_as,
            instance=types[0] if types else UNKNOWN_INSTANCE,
            preferences=types if len(types) > 1 else (),
            instances=count_instances(group),
            max_runtime=job.get("StoppingCondition", {}).get("MaxRuntimeInSeconds", limit),
            spot=is_spot(request),
            keep_alive=resources.get("KeepAlivePeriodInSeconds", 0),
            runs=runs * trials,
            unbounded=unbounded or reason,
            parallel=min(limits.get(tuning_job.MAX_PARALLEL, 1), trials),
        )
