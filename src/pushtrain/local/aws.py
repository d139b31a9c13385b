"""Start embedded AWS in this process, and stop it together with everything that it started.

In: a store folder and a Platform. Out: a LocalAws while the context lasts. Every boto3 client of this process then
talks to embedded AWS, and everything it creates stays in the store folder. No network, no credentials of the user.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from pushtrain.aws import client, use_clients
from pushtrain.local.endpoint import build_aws_variables, serve_endpoint
from pushtrain.local.events import Event
from pushtrain.local.every_job import run_every_job
from pushtrain.local.lookup.operations import build_find_client, list_run_operations
from pushtrain.local.lookup.puts import create_buckets
from pushtrain.local.moto_services import MotoServices
from pushtrain.local.platform import describe_runtime
from pushtrain.local.run_ends import RunEnds
from pushtrain.local.sagemaker.jobs import JOIN_SECONDS, RunJob
from pushtrain.local.sagemaker.model_registry import ModelRegistry
from pushtrain.local.startup import import_moto, require_moto
from pushtrain.local.states.functions import InvokeFunction
from pushtrain.local.states.install import Installation, install
from pushtrain.local.storage.notifications import Functions, Invocation
from pushtrain.local.storage.store import Store
from pushtrain.local.triggers import HANDLERS, Triggers
from pushtrain.parallel import call_in_turn
from pushtrain.platform import Platform

LONGEST_WAIT = 1.0  # seconds after which `wait` asks again, in case an event of the engine was lost
_process_lock = threading.Lock()


class LocalAws:
    """Embedded AWS while it runs."""

    def __init__(
        self,
        *,
        platform: Platform,
        store: Store,
        functions: Functions,
        ends: RunEnds,
        endpoint_url: str,
    ) -> None:
        self.platform = platform
        self.store = store
        self.endpoint_url = endpoint_url
        self.jobs_folder = store.folder / "jobs"
        self._functions = functions
        self._ends = ends

    @property
    def invocations(self) -> list[Invocation]:
        """All calls of Lambda functions until now, in order."""
        return self._functions.invocations

    def wait(self, execution_arn: str, timeout: float | None = None) -> dict[str, Any]:
        """Wait until the run has ended, at most `timeout` seconds, and return the response of DescribeExecution.

        The function `on_run_end` has returned by then. Raises LocalError if the store can no longer be written, for
        example because the disk is full.
        """
        states = client("stepfunctions", self.platform.region)
        deadline = None if timeout is None else time.monotonic() + timeout
        while True:
            count = self._ends.count
            described: dict[str, Any] = states.describe_execution(executionArn=execution_arn)
            seconds_left = LONGEST_WAIT if deadline is None else deadline - time.monotonic()
            if (described["status"] != "RUNNING" and not self._ends.is_pending(execution_arn)) or seconds_left <= 0:
                if described["status"] not in {"RUNNING", "SUCCEEDED"}:
                    self._ends.wait_for_jobs(JOIN_SECONDS)
                    if self.store.failure:
                        raise self.store.failure
                return described
            # DescribeExecution runs outside of this lock: the engine may hold the store when it sends an event.
            with self._ends.changed:
                self._ends.changed.wait_for(
                    lambda: self._ends.count != count,  # noqa: B023
                    min(seconds_left, LONGEST_WAIT),
                )

    def stop(self, execution_arn: str) -> None:
        """Stop a run and its job. Use `wait` to wait until it has ended."""
        client("stepfunctions", self.platform.region).stop_execution(executionArn=execution_arn)

    def install_engine(
        self,
        run_job: RunJob,
        invoke_function: InvokeFunction,
        on_event: Callable[[Event], None],
        start_moto: Callable[[], object],
        *,
        load: bool,
    ) -> Installation:
        """Install Step Functions and SageMaker jobs that really run. They stop when the installation's context ends."""

        def handle(event: Event) -> None:
            on_event(event)
            self._ends.handle(event)

        return install(
            store=self.store,
            run_job=run_job,
            jobs_folder=self.jobs_folder,
            on_event=handle,
            invoke_function=invoke_function,
            aws_variables=build_aws_variables(self.endpoint_url),
            load_engine=load,
            start_moto=start_moto,
        )

    def close(self) -> None:
        """Call no more functions when runs end, and wait for the calls that are running."""
        self._ends.close()


@contextmanager
def up(
    store_folder: Path,
    platform: Platform,
    *,
    on_event: Callable[[Event], None] = lambda _: None,
    handlers: Mapping[str, str] = HANDLERS,
    match_image: bool = False,
    load_engine: bool = True,
    load_moto: bool = True,
) -> Iterator[LocalAws]:
    """Start embedded AWS with the contents of the store folder. When the context ends, runs, jobs and threads stop.

    `on_event` receives the events of `pushtrain.local.events`, from any thread. `handlers` maps the name of a Lambda
    function to its handler. S3 reports each config.yaml in the code bucket to the push queue, whose messages `on_push`
    gets. Each change of an approval status calls `on_approval`, and each run that ends calls `on_run_end`. A run itself
    calls `on_decide`. With `match_image`, scripts get the framework version of their image. With
    `load_engine=False`, the engine that runs state machines is loaded when it is first needed. With `load_moto=False`,
    `aws.client` returns clients without boto3, and moto starts when a request or a job first needs it. A process can
    run one embedded AWS at a time.
    Raises LocalError if the store or the engine cannot be used.
    """
    if not _process_lock.acquire(blocking=False):
        raise RuntimeError("embedded AWS is up already in this process")
    with ExitStack() as stack:
        stack.callback(_process_lock.release)
        store = stack.enter_context(Store(store_folder))
        if load_moto:
            import_moto()
        else:
            require_moto()
        stack.enter_context(hide_aws_environment(platform))
        stack.enter_context(call_in_turn())
        triggers = Triggers(handlers, platform, runtime=describe_runtime(match_image=match_image))
        registry = ModelRegistry(store=store, platform=platform, on_update=triggers.on_update)
        moto = stack.enter_context(
            MotoServices(
                platform=platform,
                folder=store_folder,
                store=store if load_moto else None,
                functions=triggers.functions,
                event_sources=triggers.event_sources,
                registry=registry,
            )
        )
        aws = LocalAws(
            platform=platform,
            store=store,
            functions=triggers.functions,
            ends=RunEnds(triggers.on_end),
            endpoint_url=stack.enter_context(serve_endpoint(start_moto=moto.start)),
        )
        run_job = partial(run_every_job, match_image=match_image)
        installation = stack.enter_context(
            aws.install_engine(run_job, triggers.invoke_decide, on_event, moto.start, load=load_engine)
        )
        moto.attach(installation)
        if load_moto:
            moto.start()
        else:
            create_buckets(store, platform)
            operations = list_run_operations(installation, registry, store, platform, triggers.report_put)
            stack.enter_context(use_clients(build_find_client(operations, platform, moto.find_client)))
        stack.callback(aws.close)
        yield aws


@contextmanager
def hide_aws_environment(platform: Platform) -> Iterator[None]:
    """Hide every variable of the user that leads to real AWS: profile, keys, endpoints, credential files."""
    hidden = {name: value for name, value in os.environ.items() if name.startswith(("AWS_", "MOTO_"))}
    embedded = {
        "AWS_ACCESS_KEY_ID": "embedded",
        "AWS_SECRET_ACCESS_KEY": "embedded",
        "AWS_DEFAULT_REGION": platform.region,
        "AWS_REGION": platform.region,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "MOTO_ACCOUNT_ID": platform.account,
    }
    for name in hidden:
        del os.environ[name]
    os.environ.update(embedded)
    try:
        yield
    finally:
        for name in embedded:
            os.environ.pop(name, None)
        os.environ.update(hidden)
