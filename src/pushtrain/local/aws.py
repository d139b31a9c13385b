"""AWS on this machine: brought up in this process, taken down with everything it started.

In: a store folder and a Platform. Out: a LocalAws, while the context lasts: every boto3 client of this process then
speaks to embedded AWS, and what was made there outlives the process. No network, no credentials of the user.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from pushtrain.aws import client
from pushtrain.local.container.jobs import run_job
from pushtrain.local.endpoint import build_aws_variables, serve_endpoint
from pushtrain.local.events import Event
from pushtrain.local.identity import answer_with_user
from pushtrain.local.run_ends import RunEnds
from pushtrain.local.sagemaker.approval_events import build_approval_event, matches_rule
from pushtrain.local.sagemaker.model_registry import ModelRegistry, serve_model_registry
from pushtrain.local.startup import import_moto
from pushtrain.local.states.install import Installation, install
from pushtrain.local.states.run_end_events import build_run_end_event
from pushtrain.local.storage.notifications import Functions, Invocation, notifying
from pushtrain.local.storage.objects import Objects
from pushtrain.local.storage.s3_requests import persisted
from pushtrain.local.storage.store import Store
from pushtrain.platform import PLATFORM_VARIABLE, Platform

ON_PUSH = "on_push"
ON_APPROVAL = "on_approval"
ON_RUN_END = "on_run_end"
HANDLERS: Mapping[str, str] = {
    ON_PUSH: "pushtrain_lambda.on_push.handler",
    ON_APPROVAL: "pushtrain_lambda.on_approval.handler",
    ON_RUN_END: "pushtrain_lambda.on_run_end.handler",
}
PUSHES = {"prefix": "model-repos/", "suffix": "/config.yaml"}
LONGEST_WAIT = 1.0  # seconds between looks, should an event of the engine ever be missing
_one = threading.Lock()


class LocalAws:
    """Embedded AWS while it is up."""

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
        """Every call of a Lambda function so far, in order."""
        return self._functions.invocations

    def wait(self, execution_arn: str, timeout: float | None = None) -> dict[str, Any]:
        """The answer of DescribeExecution when the run has ended, or after `timeout` seconds if it has not.

        What its end woke (`on_run_end`) is done by then.
        """
        states = client("stepfunctions", self.platform.region)
        deadline = None if timeout is None else time.monotonic() + timeout
        while True:
            before = self._ends.count
            described: dict[str, Any] = states.describe_execution(executionArn=execution_arn)
            left = LONGEST_WAIT if deadline is None else deadline - time.monotonic()
            if (described["status"] != "RUNNING" and not self._ends.is_pending(execution_arn)) or left <= 0:
                return described
            with self._ends.news:  # not held while asking: the engine may hold the store when it brings news
                self._ends.news.wait_for(lambda: self._ends.count != before, min(left, LONGEST_WAIT))  # noqa: B023

    def stop(self, execution_arn: str) -> None:
        """Stops a run and its job; `wait` then tells when it has ended."""
        client("stepfunctions", self.platform.region).stop_execution(executionArn=execution_arn)


@contextmanager
def up(
    store_folder: Path,
    platform: Platform,
    *,
    on_event: Callable[[Event], None] = lambda _: None,
    handlers: Mapping[str, str] = HANDLERS,
    match_image: bool = False,
) -> Iterator[LocalAws]:
    """Brings embedded AWS up with what the store folder holds; leaving stops runs, jobs and threads.

    `on_event` is called from any thread with what `pushtrain.local.events` names. `handlers` maps a Lambda
    function's name to its handler; where it names `on_push`, the code bucket wakes that function for each
    config.yaml; `on_approval` is woken by each change of an approval status, `on_run_end` by each run that ends well.
    `match_image` gives scripts the framework version of their image. One at a time in a process.
    Raises LocalError when the store or the engine cannot be used.
    """
    if not _one.acquire(blocking=False):
        raise RuntimeError("embedded AWS is up already in this process")
    with ExitStack() as stack:
        stack.callback(_one.release)
        store = stack.enter_context(Store(store_folder))
        import_moto()
        stack.enter_context(hide_aws_environment(platform))
        stack.enter_context(start_moto())
        stack.enter_context(answer_with_user(platform))
        functions = Functions(
            handlers=handlers, environment={PLATFORM_VARIABLE: platform.to_json(include_local_option=True)}
        )
        stack.enter_context(notifying(functions))
        objects = Objects(store=store, account=platform.account, partition=platform.partition)
        stack.enter_context(persisted(objects, after=functions.deliver))
        updated = partial(_wake, functions, platform) if ON_APPROVAL in handlers else None
        stack.enter_context(serve_model_registry(ModelRegistry(store=store, platform=platform, on_update=updated)))
        _make_buckets(objects, platform, listening=ON_PUSH in handlers)
        ends = RunEnds(partial(_tell_end, functions, platform) if ON_RUN_END in handlers else None)
        aws = LocalAws(
            platform=platform,
            store=store,
            functions=functions,
            ends=ends,
            endpoint_url=stack.enter_context(serve_endpoint()),
            jobs_folder=store.folder / "jobs",
        )
        stack.enter_context(_engine(aws, on_event, ends, match_image=match_image))
        stack.callback(ends.close)
        yield aws


def _engine(aws: LocalAws, on_event: Callable[[Event], None], ends: RunEnds, *, match_image: bool) -> Installation:
    """Step Functions and SageMaker jobs that really run; leaving it stops them."""

    def heard(event: Event) -> None:
        on_event(event)
        ends.handle(event)

    return install(
        store=aws.store,
        run_job=partial(run_job, match_image=match_image),
        jobs_folder=aws.jobs_folder,
        on_event=heard,
        aws_variables=build_aws_variables(aws.endpoint_url),
    )


@contextmanager
def hide_aws_environment(platform: Platform) -> Iterator[None]:
    """Hides every variable of the user that leads to real AWS (profile, keys, endpoints, files of credentials)."""
    hidden = {name: value for name, value in os.environ.items() if name.startswith(("AWS_", "MOTO_"))}
    own = {
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
    os.environ.update(own)
    try:
        yield
    finally:
        for name in own:
            os.environ.pop(name, None)
        os.environ.update(hidden)


@contextmanager
def start_moto() -> Iterator[None]:
    """Turns moto on; the environment is ours already, so it need not touch the credentials."""
    from moto.core.config import default_user_config  # noqa: PLC0415
    from moto.core.models import MockAWS  # noqa: PLC0415

    configured = default_user_config.copy()
    configured["core"] = {**default_user_config["core"], "mock_credentials": False}
    configured["stepfunctions"] = {"execute_state_machine": True}
    with MockAWS(configured):
        yield


def _wake(functions: Functions, platform: Platform, version: Mapping[str, Any], asked: Iterable[str]) -> None:
    """EventBridge: the rule for approvals, whose target is the function `on_approval`."""
    event = build_approval_event(version, asked, platform)
    if matches_rule(event):
        functions.invoke(_function_arn(platform, ON_APPROVAL), event)


def _tell_end(functions: Functions, platform: Platform, execution_arn: str) -> None:
    """EventBridge: the rule for runs that ended well, whose target is the function `on_run_end`."""
    described = client("stepfunctions", platform.region).describe_execution(executionArn=execution_arn)
    functions.invoke(_function_arn(platform, ON_RUN_END), build_run_end_event(described, platform))


def _function_arn(platform: Platform, name: str) -> str:
    return f"arn:{platform.partition}:lambda:{platform.region}:{platform.account}:function:{name}"


def _make_buckets(objects: Objects, platform: Platform, *, listening: bool) -> None:
    """The platform's buckets, versioned, as CDK makes them; the code bucket wakes the function `on_push`."""
    for name in filter(None, (platform.code_bucket, platform.artifact_bucket, platform.serving_bucket)):
        if name not in objects.backend.buckets:
            objects.create_bucket(name, platform.region)
    objects.flush()
    if listening:
        rules = [{"Name": name, "Value": value} for name, value in PUSHES.items()]
        configuration = {
            "Id": ON_PUSH,
            "CloudFunction": _function_arn(platform, ON_PUSH),
            "Event": ["s3:ObjectCreated:*"],
            "Filter": {"S3Key": {"FilterRule": rules}},
        }
        bucket = objects.backend.buckets[platform.code_bucket]
        bucket.set_notification_configuration({"CloudFunctionConfiguration": [configuration]})
