"""The operations that answer clients on this computer: those of a command that looks, and those of a run.

In: the store, or what runs and jobs are installed with. Out: operations by service and name, as `LookupClient` takes
them. All other requests go to moto.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from pushtrain.local.api import Operation, Request, RequestScope, list_operations
from pushtrain.local.lookup.clients import LookupClient, NotAnswered, StartAws
from pushtrain.local.lookup.objects import Document, StoredObjects
from pushtrain.local.lookup.puts import Puts, list_buckets
from pushtrain.local.sagemaker.job_logs import JobLogs, is_of_jobs
from pushtrain.local.sagemaker.jobs import Jobs
from pushtrain.local.sagemaker.jobs_api import build_operations
from pushtrain.local.sagemaker.model_registry import ModelRegistry
from pushtrain.local.states.executions import Executions
from pushtrain.local.states.install import Installation
from pushtrain.local.states.state_machines import StateMachines
from pushtrain.local.states.states_api import StatesApi
from pushtrain.local.storage.store import Store
from pushtrain.platform import Platform

LOOKING = ("describe_", "get_", "head_", "list_")  # operations that change nothing

Operations = Mapping[str, Mapping[str, Operation]]


def list_run_operations(
    installation: Installation,
    registry: ModelRegistry,
    store: Store,
    platform: Platform,
    on_put: Callable[[Document], object],
) -> Operations:
    """Return what answers while runs go on. `on_put` gets the document of each new version of an object."""
    objects = StoredObjects(store, frozenset(list_buckets(platform)))
    return {
        "s3": {**list_operations(objects), **list_operations(Puts(store, platform, on_put))},
        "stepfunctions": installation.operations["stepfunctions"],
        "sagemaker": {**installation.operations["sagemaker"], **list_operations(registry)},
        "logs": _list_log_operations(installation.jobs),
    }


def list_lookup_operations(store: Store, platform: Platform) -> Operations:
    """Return the operations that change nothing."""
    jobs = Jobs(store=store, run_job=_run_nothing, folder=store.folder / "jobs", on_event=_ignore, aws_variables={})
    executions = Executions(store=store, interpreter=_run_nothing, on_event=_ignore)
    registry = ModelRegistry(store=store, platform=platform)
    return {
        "s3": list_operations(StoredObjects(store, frozenset(list_buckets(platform)))),
        "stepfunctions": _select(list_operations(StatesApi(StateMachines(store), executions))),
        "sagemaker": _select(list_operations(registry) | build_operations(jobs)),
        "logs": _list_log_operations(jobs),
    }


def build_find_client(operations: Operations, platform: Platform, start_aws: StartAws) -> Callable[[str], LookupClient]:
    """Return what finds the client of a service; each service has one."""
    scope = RequestScope(account=platform.account, region=platform.region)

    @cache
    def find_client(service: str) -> LookupClient:
        return LookupClient(service, operations.get(service, {}), scope, start_aws)

    return find_client


def _list_log_operations(jobs: Jobs) -> Mapping[str, Operation]:
    return {name: _only_of_jobs(operation) for name, operation in list_operations(JobLogs(jobs)).items()}


def _only_of_jobs(operation: Operation) -> Operation:
    """Return an operation of logs that answers for the log groups of jobs."""

    def answer(request: Request, scope: RequestScope) -> Mapping[str, Any]:
        if not is_of_jobs(request):
            raise NotAnswered
        return operation(request, scope)

    return answer


def _select(operations: Mapping[str, Operation]) -> Mapping[str, Operation]:
    return {name: operation for name, operation in operations.items() if name.startswith(LOOKING)}


def _run_nothing(*_: Any, **__: Any) -> Any:
    """Stand in for what runs jobs and executions."""
    raise RuntimeError("a lookup starts nothing")


def _ignore(_: object) -> None:
    """Do nothing with an event: a lookup starts nothing."""
