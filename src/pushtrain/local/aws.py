"""Start embedded AWS in this process, and stop it together with everything that it started.

In: a store folder and a Platform. Out: a LocalAws while the context lasts. Every boto3 client of this process then
talks to embedded AWS, and everything it creates stays in the store folder. No network, no credentials of the user.
"""

from __future__ import annotations

import dataclasses
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from pushtrain.aws import client
from pushtrain.layout import PUSH_FILTER
from pushtrain.local.api import ApiError, list_operations
from pushtrain.local.direct_calls import answer_directly
from pushtrain.local.direct_operations import DirectOperations
from pushtrain.local.endpoint import build_aws_variables, serve_endpoint
from pushtrain.local.events import Event
from pushtrain.local.every_job import run_every_job
from pushtrain.local.identity import answer_with_user
from pushtrain.local.platform import describe_runtime
from pushtrain.local.run_ends import RunEnds
from pushtrain.local.sagemaker.approval_events import build_approval_event, matches_rule
from pushtrain.local.sagemaker.job_logs import JobLogs, is_of_jobs
from pushtrain.local.sagemaker.jobs import JOIN_SECONDS
from pushtrain.local.sagemaker.model_registry import ModelRegistry, serve_model_registry
from pushtrain.local.startup import import_moto
from pushtrain.local.states.functions import FunctionFailed, InvokeFunction
from pushtrain.local.states.install import Installation, install
from pushtrain.local.states.run_end_events import build_run_end_event
from pushtrain.local.storage.direct_s3 import DirectS3
from pushtrain.local.storage.notifications import Functions, Invocation, queue_notifications
from pushtrain.local.storage.objects import Objects
from pushtrain.local.storage.s3_requests import persist_s3
from pushtrain.local.storage.store import Store
from pushtrain.parallel import call_in_turn
from pushtrain.platform import PLATFORM_VARIABLE, Platform

ON_PUSH = "on_push"
ON_APPROVAL = "on_approval"
ON_RUN_END = "on_run_end"
ON_DECIDE = "on_decide"
HANDLERS: Mapping[str, str] = {
    ON_PUSH: "pushtrain_lambda.on_push.handler",
    ON_APPROVAL: "pushtrain_lambda.on_approval.handler",
    ON_RUN_END: "pushtrain_lambda.on_run_end.handler",
    ON_DECIDE: "pushtrain_lambda.on_decide.handler",
}
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
        jobs_folder: Path,
    ) -> None:
        self.platform = platform
        self.store = store
        self.endpoint_url = endpoint_url
        self.jobs_folder = jobs_folder
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


@contextmanager
def up(
    store_folder: Path,
    platform: Platform,
    *,
    on_event: Callable[[Event], None] = lambda _: None,
    handlers: Mapping[str, str] = HANDLERS,
    match_image: bool = False,
    load_engine: bool = True,
) -> Iterator[LocalAws]:
    """Start embedded AWS with the contents of the store folder. When the context ends, runs, jobs and threads stop.

    `on_event` receives the events of `pushtrain.local.events`, from any thread. `handlers` maps the name of a Lambda
    function to its handler. S3 reports each config.yaml in the code bucket to the push queue, whose messages `on_push`
    gets. Each change of an approval status calls `on_approval`, and each run that ends calls `on_run_end`. A run itself
    calls `on_decide`. With `match_image`, scripts get the framework version of their image. With
    `load_engine=False`, the engine that runs state machines is loaded when it is first needed. A process can run one
    embedded AWS at a time.
    Raises LocalError if the store or the engine cannot be used.
    """
    if not _process_lock.acquire(blocking=False):
        raise RuntimeError("embedded AWS is up already in this process")
    with ExitStack() as stack:
        stack.callback(_process_lock.release)
        store = stack.enter_context(Store(store_folder))
        import_moto()
        stack.enter_context(hide_aws_environment(platform))
        stack.enter_context(start_moto())
        stack.enter_context(answer_with_user(platform))
        stack.enter_context(call_in_turn())
        runtime = describe_runtime(match_image=match_image)
        functions = _build_functions(handlers, dataclasses.replace(platform, runtime=runtime))
        event_sources = {platform.push_queue_arn: _build_function_arn(platform, ON_PUSH)}
        stack.enter_context(queue_notifications(functions, event_sources))
        objects = Objects(store=store, account=platform.account, partition=platform.partition)
        stack.enter_context(persist_s3(objects, after_request=functions.deliver))
        on_update = partial(_send_approval_event, functions, platform) if ON_APPROVAL in handlers else None
        registry = ModelRegistry(store=store, platform=platform, on_update=on_update)
        stack.enter_context(serve_model_registry(registry))
        _create_buckets(objects, platform, notify=ON_PUSH in handlers)
        ends = RunEnds(partial(_send_run_end, functions, platform) if ON_RUN_END in handlers else None)
        aws = LocalAws(
            platform=platform,
            store=store,
            functions=functions,
            ends=ends,
            endpoint_url=stack.enter_context(serve_endpoint()),
            jobs_folder=store.folder / "jobs",
        )
        installation = stack.enter_context(
            _install_engine(
                aws,
                on_event,
                ends,
                partial(_invoke_function, functions, platform),
                match_image=match_image,
                load_engine=load_engine,
            )
        )
        answerers = _build_answerers(installation, registry, platform.account)
        stack.enter_context(answer_directly({"s3": DirectS3(objects, functions.deliver), **answerers}))
        stack.callback(ends.close)
        yield aws


def _build_answerers(
    installation: Installation, registry: ModelRegistry, account: str
) -> Mapping[str, DirectOperations]:
    """Return what answers for each service with operations of pushtrain's own."""
    operations = installation.operations
    logs = list_operations(JobLogs(installation.jobs))
    return {
        "stepfunctions": DirectOperations(operations["stepfunctions"], account),
        "sagemaker": DirectOperations({**operations["sagemaker"], **list_operations(registry)}, account),
        "logs": DirectOperations(logs, account, is_of_jobs),
    }


def _build_functions(handlers: Mapping[str, str], platform: Platform) -> Functions:
    """Return the Lambda functions. Runs always find `on_decide`: no event calls it, so no event is lost without it."""
    return Functions(
        handlers={ON_DECIDE: HANDLERS[ON_DECIDE], **handlers},
        environment={PLATFORM_VARIABLE: platform.to_json(include_local_option=True)},
    )


def _install_engine(
    aws: LocalAws,
    on_event: Callable[[Event], None],
    ends: RunEnds,
    invoke_function: InvokeFunction,
    *,
    match_image: bool,
    load_engine: bool,
) -> Installation:
    """Install Step Functions and SageMaker jobs that really run. They stop when the installation's context ends."""

    def handle(event: Event) -> None:
        on_event(event)
        ends.handle(event)

    return install(
        store=aws.store,
        run_job=partial(run_every_job, match_image=match_image),
        jobs_folder=aws.jobs_folder,
        on_event=handle,
        invoke_function=invoke_function,
        aws_variables=build_aws_variables(aws.endpoint_url),
        load_engine=load_engine,
    )


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


@contextmanager
def start_moto() -> Iterator[None]:
    """Activate moto. `hide_aws_environment` has already set the credentials, so moto leaves them alone."""
    from moto.core.config import default_user_config  # noqa: PLC0415
    from moto.core.models import MockAWS  # noqa: PLC0415

    from pushtrain.local.moto_models import find_models_fast  # noqa: PLC0415 - it imports moto

    configured = default_user_config.copy()
    configured["core"] = {**default_user_config["core"], "mock_credentials": False}
    configured["stepfunctions"] = {"execute_state_machine": True}
    with find_models_fast(), MockAWS(configured):
        yield


def _send_approval_event(
    functions: Functions, platform: Platform, version: Mapping[str, Any], updated_members: Iterable[str]
) -> bool:
    """Act as EventBridge's rule for approvals: its target is the function `on_approval`. Return False if it failed."""
    event = build_approval_event(version, updated_members, platform)
    return not matches_rule(event) or functions.invoke(_build_function_arn(platform, ON_APPROVAL), event).error is None


def _send_run_end(functions: Functions, platform: Platform, execution_arn: str) -> None:
    """Act as EventBridge's rule for runs that have ended: its target is the function `on_run_end`."""
    described = client("stepfunctions", platform.region).describe_execution(executionArn=execution_arn)
    functions.invoke(_build_function_arn(platform, ON_RUN_END), build_run_end_event(described, platform))


def _invoke_function(functions: Functions, platform: Platform, arn: str, payload: Mapping[str, Any]) -> Any:
    """Act as Step Functions: invoke the function `on_decide`, and return what its handler returned.

    Raises FunctionFailed if the handler raised. It is the only function that a run may invoke.
    """
    if arn != platform.decide_function:
        raise ApiError("ResourceNotFoundException", f"Function not found: {arn}")
    invocation = functions.invoke(_build_function_arn(platform, ON_DECIDE), payload)
    if invocation.error:
        raise FunctionFailed.from_error(invocation.error) from invocation.error
    return invocation.result


def _build_function_arn(platform: Platform, name: str) -> str:
    return f"arn:{platform.partition}:lambda:{platform.region}:{platform.account}:function:{name}"


def _create_buckets(objects: Objects, platform: Platform, *, notify: bool) -> None:
    """Create the platform's buckets, versioned as CDK does it. With `notify`, the code bucket feeds the push queue."""
    for name in filter(None, (platform.code_bucket, platform.artifact_bucket, platform.serving_bucket)):
        if name not in objects.backend.buckets:
            objects.create_bucket(name, platform.region)
    objects.flush()
    if notify:
        rules = [{"Name": name, "Value": value} for name, value in PUSH_FILTER.items()]
        configuration = {
            "Id": ON_PUSH,
            "Queue": platform.push_queue_arn,
            "Event": ["s3:ObjectCreated:*"],
            "Filter": {"S3Key": {"FilterRule": rules}},
        }
        bucket = objects.backend.buckets[platform.code_bucket]
        bucket.set_notification_configuration({"QueueConfiguration": [configuration]})
