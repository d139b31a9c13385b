"""Embedded AWS for tests: moto with pushtrain's engine, and stock moto."""

from __future__ import annotations

import functools
import json
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import boto3

from pushtrain.catalog.job_kind import JobKind
from pushtrain.local.api import ApiError
from pushtrain.local.container.jobs import JobResult
from pushtrain.local.events import Event, ExecutionEnded, JobEnded
from pushtrain.local.startup import import_moto
from pushtrain.local.states.functions import FunctionFailed
from pushtrain.local.states.install import Installation, install
from pushtrain.local.storage.store import Store

REGION = "us-east-1"


ROLE = "arn:aws:iam::123456789012:role/states"


PATIENCE = 20.0


@functools.cache
def client(service: str) -> Any:
    """One client for all tests keeps the API models in memory. Made after moto was imported, or it would reach AWS."""
    session: Any = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name=REGION)
    return session.client(service)


class Scripts:
    """Stands in for the container contract: a job ends at once unless the test says otherwise."""

    def __init__(self) -> None:
        self.results: dict[str, JobResult] = {}
        self.held: dict[str, threading.Event] = {}
        self.stopped: list[str] = []
        self.requests: dict[str, Any] = {}
        self.bugs: dict[str, Exception] = {}

    def hold(self, name: str) -> threading.Event:
        """The job waits until the event is set, or until it is stopped."""
        self.held[name] = threading.Event()
        return self.held[name]

    def run(
        self, kind: JobKind, request: Any, *, folder: Path, stop: threading.Event, on_line: Any, **_: Any
    ) -> JobResult:
        name = folder.name
        self.requests[name] = request
        if name in self.bugs:
            raise self.bugs[name]
        folder.mkdir(parents=True)
        (folder / "log.txt").write_text(f"{name} begins\naccuracy 0.9\n", encoding="utf-8")
        on_line(f"{name} begins")
        released = self.held.get(name)
        while released is not None and not released.wait(0.01):
            if stop.is_set():
                self.stopped.append(name)
                return result("Stopped")
        return self.results.get(name) or result("Completed")


class Handlers:
    """Stands in for Lambda: by ARN, the error that the handler of a function raises, and that of Lambda itself."""

    def __init__(self) -> None:
        self.errors: dict[str, Exception] = {}
        self.refusals: dict[str, ApiError] = {}

    def invoke(self, arn: str, payload: Any) -> Any:
        """Return what was sent to the function."""
        if arn in self.refusals:
            raise self.refusals[arn]
        if arn in self.errors:
            raise FunctionFailed.from_error(self.errors[arn])
        return {"sent": payload}


def result(status: Any, **more: Any) -> JobResult:
    """A JobResult, the rest of it of no importance."""
    return JobResult(**{"status": status, "secondary_status": status, "started_at": 0.0, "ended_at": 1.0, **more})


class Engine:
    """Clients of embedded AWS, and what a test asks of it."""

    @property
    def sfn(self) -> Any:
        return client("stepfunctions")

    @property
    def sagemaker(self) -> Any:
        return client("sagemaker")

    @property
    def s3(self) -> Any:
        return client("s3")

    @property
    def logs(self) -> Any:
        return client("logs")

    def create(self, definition: Any, name: str = "machine", **more: Any) -> Any:
        text = definition if isinstance(definition, str) else json.dumps(definition, ensure_ascii=False)
        return self.sfn.create_state_machine(name=name, definition=text, roleArn=ROLE, **more)

    def start(self, arn: str, data: Any = None, **more: Any) -> str:
        started = self.sfn.start_execution(stateMachineArn=arn, input=json.dumps(data or {}), **more)
        return str(started["executionArn"])

    def end(self, execution: str) -> Any:
        """The description of an execution that has ended, its output read."""
        describe = functools.partial(self.sfn.describe_execution, executionArn=execution)
        wait_until(lambda: describe()["status"] != "RUNNING", f"{execution} is still running")
        described = describe()
        if "output" in described:
            described["output"] = json.loads(described["output"])
        return described

    def run(self, definition: Any, data: Any = None, **more: Any) -> Any:
        """Creates, starts, waits: the description of the ended execution."""
        arn = self.create(definition)["stateMachineArn"]
        return self.end(self.start(arn, data, **more))


class InstalledEngine(Engine):
    """moto with pushtrain's engine; `restart` opens the same store as a later process would."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.scripts, self.functions = folder, Scripts(), Handlers()
        self.events: list[Event] = []
        self._changed = threading.Condition()
        self.store = Store(folder / "store")
        self.installed = self.install()

    def install(self) -> Installation:
        jobs = self.folder / "jobs"
        import_moto()
        installed = install(
            store=self.store,
            run_job=self.scripts.run,
            jobs_folder=jobs,
            on_event=self._happen,
            invoke_function=self.functions.invoke,
        )
        installed.serve_over_moto()
        return installed

    def restart(self) -> None:
        """Everything in memory is lost, the store stays."""
        self.installed.uninstall()
        self.installed = self.install()

    def close(self) -> None:
        self.installed.uninstall()
        self.store.close()

    def _happen(self, event: Event) -> None:
        with self._changed:
            self.events.append(event)
            self._changed.notify_all()

    def await_event(self, kind: type[Any], **members: Any) -> Any:
        """The first event of a kind with the given members, now or soon."""

        def fits(event: Event) -> bool:
            return isinstance(event, kind) and all(getattr(event, key) == value for key, value in members.items())

        with self._changed:
            assert self._changed.wait_for(lambda: any(map(fits, self.events)), PATIENCE), f"no {kind} {members}"
            return next(filter(fits, self.events))

    def await_execution(self, arn: str) -> Any:
        return self.await_event(ExecutionEnded, arn=arn)

    def await_job(self, name: str) -> Any:
        return self.await_event(JobEnded, job=name)


def wait_until(condition: Callable[[], bool], problem: str) -> None:
    """Return once `condition` returns True. Fails with `problem` if that takes too long."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, problem
        threading.Event().wait(0.005)


def start_stock_moto() -> ExitStack:
    import_moto()
    from moto import mock_aws

    stack = ExitStack()
    stack.enter_context(mock_aws(config={"stepfunctions": {"execute_state_machine": True}}))
    return stack


def training(name: str, **more: Any) -> dict[str, Any]:
    """A complete CreateTrainingJob request."""
    return {
        "TrainingJobName": name,
        "RoleArn": "arn:aws:iam::123456789012:role/jobs",
        "AlgorithmSpecification": {
            "TrainingInputMode": "File",
            "TrainingImage": "image",
            "MetricDefinitions": [{"Name": "accuracy", "Regex": "accuracy (.*)"}],
        },
        "OutputDataConfig": {"S3OutputPath": "s3://bucket/models"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10},
        "StoppingCondition": {"MaxRuntimeInSeconds": 60},
        "Environment": {"A": "1"},
        **more,
    }


def processing(name: str, **more: Any) -> dict[str, Any]:
    """A complete CreateProcessingJob request."""
    cluster = {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 10}
    return {
        "ProcessingJobName": name,
        "RoleArn": "arn:aws:iam::123456789012:role/jobs",
        "AppSpecification": {"ImageUri": "image"},
        "ProcessingResources": {"ClusterConfig": cluster},
        "Environment": {"A": "1"},
        **more,
    }
