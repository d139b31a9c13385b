"""Open the platform of this computer for commands that mostly look: start embedded AWS only when they need it.

In: the store folder and its platform. Out: while the context lasts, `aws.client` returns clients that answer from the
store. The first request that these do not answer starts embedded AWS, and from then on all clients are those of boto3.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pushtrain import aws
from pushtrain.local.api import Operation, Request, RequestScope, list_operations
from pushtrain.local.lookup.clients import LookupClient, NotAnswered
from pushtrain.local.lookup.objects import StoredObjects
from pushtrain.local.sagemaker.job_logs import JobLogs, is_of_jobs
from pushtrain.local.sagemaker.jobs import Jobs
from pushtrain.local.sagemaker.jobs_api import build_operations
from pushtrain.local.sagemaker.model_registry import ModelRegistry
from pushtrain.local.states.executions import Executions
from pushtrain.local.states.state_machines import StateMachines
from pushtrain.local.states.states_api import StatesApi
from pushtrain.local.storage.store import Store
from pushtrain.platform import Platform

if TYPE_CHECKING:
    from pushtrain.local.aws import LocalAws

LOOKING = ("describe_", "list_", "get_")  # operations that change nothing


@contextmanager
def open_for_lookup(
    folder: Path, platform: Platform, start: Callable[[], AbstractContextManager[LocalAws]]
) -> Iterator[Callable[[], LocalAws | None]]:
    """Answer clients from the store, or from the embedded AWS that `start` starts.

    Yields a function that returns this embedded AWS, or None if nothing has needed it.
    Raises LocalError if the store cannot be used.
    """
    with ExitStack() as stack:
        store = stack.enter_context(Store(folder))
        session = _Session(stack, store, platform, start)
        session.end_lookup = stack.enter_context(aws.use_clients(session.find_client))
        yield lambda: session.local_aws


class _Session:
    """The clients of one lookup, until embedded AWS takes over."""

    def __init__(
        self,
        stack: ExitStack,
        store: Store,
        platform: Platform,
        start: Callable[[], AbstractContextManager[LocalAws]],
    ) -> None:
        self.local_aws: LocalAws | None = None
        self.end_lookup: Callable[[], None] = lambda: None
        self._stack, self._platform, self._start = stack, platform, start
        self._lock = threading.Lock()
        self._operations = list_lookup_operations(store, platform)

    def find_client(self, service: str) -> LookupClient:
        """Return the client of a service."""
        scope = RequestScope(account=self._platform.account, region=self._platform.region)
        return LookupClient(service, self._operations.get(service, {}), scope, self._start_aws)

    def _start_aws(self, service: str) -> Any:
        """Start embedded AWS, once, and return the boto3 client of a service."""
        with self._lock:
            if self.local_aws is None:
                self.end_lookup()
                self.local_aws = self._stack.enter_context(self._start())
        return aws.client(service, self._platform.region)


def list_lookup_operations(store: Store, platform: Platform) -> Mapping[str, Mapping[str, Operation]]:
    """Return the operations that change nothing, by service."""
    buckets = frozenset(filter(None, (platform.code_bucket, platform.artifact_bucket, platform.serving_bucket)))
    jobs = Jobs(store=store, run_job=_run_nothing, folder=store.folder / "jobs", on_event=_ignore, aws_variables={})
    executions = Executions(store=store, interpreter=_run_nothing, on_event=_ignore)
    registry = ModelRegistry(store=store, platform=platform)
    return {
        "s3": _select(list_operations(StoredObjects(store, buckets))),
        "stepfunctions": _select(list_operations(StatesApi(StateMachines(store), executions))),
        "sagemaker": _select(list_operations(registry) | build_operations(jobs)),
        "logs": {name: _only_of_jobs(operation) for name, operation in list_operations(JobLogs(jobs)).items()},
    }


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
