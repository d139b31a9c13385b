"""S3 wakes a Lambda function: here the same handler is called in this process, with the event AWS would send.

In: moto's S3 after a change, and handlers by name as Lambda names them ("package.module.function"). Out: one
Invocation for each event, with what the handler returned or raised. No Docker, and nothing is swallowed.

The handler runs in the thread of the PUT, after the object is safely stored: when the PUT returns, the
invocation is there to be read. Handlers run one at a time, because a function's environment is the process's.
Lambda's two retries of an asynchronous event (after 1 and 2 minutes) are not imitated: the first failure is
the record.
"""

from __future__ import annotations

import importlib
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import quote_plus
from uuid import uuid4

from pushtrain.local.identity import user_name
from pushtrain.local.patches import Patches


@dataclass(frozen=True, kw_only=True)
class Invocation:
    """One call of a function: exactly one of `result` and `error` says how it ended (a result may be None)."""

    function: str
    event: Mapping[str, Any]
    result: Any = None
    error: Exception | None = None


@dataclass(frozen=True, kw_only=True)
class Context:
    """The part of Lambda's context object that handlers read."""

    function_name: str
    invoked_function_arn: str
    aws_request_id: str = field(default_factory=lambda: str(uuid4()))
    memory_limit_in_mb: int = 1024

    def get_remaining_time_in_millis(self) -> int:
        """Always the 15 minutes that Lambda allows at most."""
        return 900_000


class Functions:
    """The Lambda functions of this machine, by function name. Threads may call it."""

    def __init__(self, *, handlers: Mapping[str, str], environment: Mapping[str, str]) -> None:
        self.handlers = handlers
        self.environment = environment
        self.invocations: list[Invocation] = []
        self._one_at_a_time = threading.RLock()  # a handler may itself put an object that wakes another
        self._pending = threading.local()

    def queue(self, arn: str, event: Mapping[str, Any]) -> None:
        """Keeps an event of this thread until `deliver`. The function's name is the end of its ARN."""
        self._pending.__dict__.setdefault("events", []).append((arn, event))

    def deliver(self) -> None:
        """Calls the functions for this thread's events, in order."""
        for arn, event in self._pending.__dict__.pop("events", []):
            self.invoke(arn, event)

    def invoke(self, arn: str, event: Mapping[str, Any]) -> Invocation:
        """Calls one function and records how it ended; what the handler raises is in the record."""
        name = arn.rpartition(":")[2]
        context = Context(function_name=name, invoked_function_arn=arn)
        with self._one_at_a_time, _environment({**self.environment, "AWS_LAMBDA_FUNCTION_NAME": name}):
            try:
                module, _, function = self.handlers[name].rpartition(".")
                handler = getattr(importlib.import_module(module), function)
                ended = Invocation(function=name, event=event, result=handler(event, context))
            except Exception as error:  # noqa: BLE001  whatever a handler raises is its answer
                ended = Invocation(function=name, event=event, error=error)
        self.invocations.append(ended)
        return ended


@contextmanager
def queue_notifications(functions: Functions) -> Iterator[None]:
    """Let moto's S3 queue its Lambda notifications in `functions`, and add the fields that moto leaves out."""
    from moto.s3 import notifications  # noqa: PLC0415  moto is imported only when AWS comes up

    plain = notifications._get_s3_event
    sequence = count(1)

    def event_of(event_name: str, bucket: Any, key: Any, notification_id: str) -> dict[str, Any]:
        """The record of AWS's page "Event message structure": version, sequencer, key as in a form."""
        event = plain(event_name, bucket, key, notification_id)
        event["Records"][0]["userIdentity"] = {"principalId": f"AWS:{user_name()}"}
        described = event["Records"][0]["s3"]["object"]
        described["key"] = quote_plus(key.name, safe="/")
        described["sequencer"] = f"{next(sequence):016X}"
        if bucket.is_versioned:
            described["versionId"] = key.version_id
        return event

    def queued(_account: str, event: Mapping[str, Any], arn: str, _region: str) -> None:
        functions.queue(arn, event)

    patches = Patches()
    try:
        patches.replace(notifications, "_get_s3_event", event_of)
        patches.replace(notifications, "_invoke_awslambda", queued)
        yield
    finally:
        patches.undo()


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
