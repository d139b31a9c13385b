"""Call Lambda handlers in this process, with the events that AWS would send them.

In: a change of an object in S3, and handlers named as in Lambda ("package.module.function"). Out: one Invocation for
each event, with the handler's result or error. No Docker.

S3 sends its events to a queue, whose messages Lambda hands to a function. Here a message is delivered at once, in the
thread of the PUT, after the object is stored. When the PUT returns, the Invocation is recorded. Handlers run one at a
time, because the environment variables of a function are those of this process. AWS delivers again what failed. This
module does not: the first error is recorded.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from typing import Any
from urllib.parse import quote_plus
from uuid import uuid4

from msgspec import Struct, field

from pushtrain.layout import PUSH_FILTER
from pushtrain.local.identity import user_name
from pushtrain.local.patches import Patches
from pushtrain.platform import Platform

_sequence = count(1)


class Invocation(Struct, frozen=True, kw_only=True):
    """One call of a function. If the handler raised, `error` is set; otherwise `result` is what it returned."""

    function: str
    event: Mapping[str, Any]
    result: Any = None
    error: Exception | None = None


class LambdaContext(Struct, frozen=True, kw_only=True):
    """The members of Lambda's context object that handlers use."""

    function_name: str
    invoked_function_arn: str
    aws_request_id: str = field(default_factory=lambda: str(uuid4()))
    memory_limit_in_mb: int = 1024

    def get_remaining_time_in_millis(self) -> int:
        """Return 15 minutes: the longest time that Lambda allows."""
        return 900_000


class Functions:
    """The Lambda functions of this computer. `handlers` maps function names to handlers. Safe for threads."""

    def __init__(self, *, handlers: Mapping[str, str], environment: Mapping[str, str]) -> None:
        self.handlers = handlers
        self.environment = environment
        self.invocations: list[Invocation] = []
        self._handler_lock = threading.RLock()  # reentrant: a handler may put an object that calls another handler
        self._pending = threading.local()

    def queue(self, arn: str, event: Mapping[str, Any]) -> None:
        """Keep an event of this thread until `deliver`. The ARN ends with the function's name."""
        self._pending.__dict__.setdefault("events", []).append((arn, event))

    def deliver(self) -> None:
        """Call the functions for this thread's events, in order."""
        for arn, event in self._pending.__dict__.pop("events", []):
            self.invoke(arn, event)

    def invoke(self, arn: str, event: Mapping[str, Any]) -> Invocation:
        """Call one function and record its result, or the error that its handler raised."""
        name = arn.rpartition(":")[2]
        context = LambdaContext(function_name=name, invoked_function_arn=arn)
        with self._handler_lock, _set_environment({**self.environment, "AWS_LAMBDA_FUNCTION_NAME": name}):
            try:
                module, _, function = self.handlers[name].rpartition(".")
                handler = getattr(importlib.import_module(module), function)
                invocation = Invocation(function=name, event=event, result=handler(event, context))
            except Exception as error:  # noqa: BLE001  like Lambda, record any error of a handler
                invocation = Invocation(function=name, event=event, error=error)
        self.invocations.append(invocation)
        return invocation


def build_queue_event(queue_arn: str, body: str) -> dict[str, Any]:
    """Return the event with which Lambda's event source mapping hands one message of a queue to a function.

    The message has no receipt: it is in no queue, so nobody can delete or postpone it.
    Source: Lambda developer guide, "Using Lambda with Amazon SQS".
    """
    milliseconds = str(round(time.time() * 1000))
    attributes = {
        "ApproximateReceiveCount": "1",
        "SentTimestamp": milliseconds,
        "ApproximateFirstReceiveTimestamp": milliseconds,
    }
    record = {
        "messageId": str(uuid4()),
        "receiptHandle": "",
        "body": body,
        "attributes": attributes,
        "messageAttributes": {},
        "md5OfBody": hashlib.md5(body.encode(), usedforsecurity=False).hexdigest(),
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn,
        "awsRegion": queue_arn.split(":")[3],
    }
    return {"Records": [record]}


def build_s3_event(
    event_name: str, *, region: str, bucket_arn: str, described_object: Mapping[str, Any], configuration: str
) -> dict[str, Any]:
    """Return the notification of a new object. `described_object` has its key, size, ETag and version.

    Source: S3 user guide, "Event message structure".
    """
    described = {**described_object, "key": quote_plus(described_object["key"], safe="/")}
    described["sequencer"] = f"{next(_sequence):016X}"
    record = {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": region,
        "eventTime": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "eventName": event_name,
        "userIdentity": {"principalId": f"AWS:{user_name()}"},
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": configuration,
            "bucket": {"name": bucket_arn.rpartition(":")[2], "arn": bucket_arn},
            "object": described,
        },
    }
    return {"Records": [record]}


def queue_put(functions: Functions, platform: Platform, function_arn: str, document: Mapping[str, Any]) -> None:
    """Queue the notification of a new object of the store, if the code bucket reports it to the push queue."""
    key = document["name"]
    is_push = key.startswith(PUSH_FILTER["prefix"]) and key.endswith(PUSH_FILTER["suffix"])
    if document["bucket_name"] != platform.code_bucket or not is_push:
        return
    described = {"key": key, "size": document["contentsize"], "eTag": document["_etag"]}
    event = build_s3_event(
        "ObjectCreated:Put",
        region=platform.region,
        bucket_arn=f"arn:{platform.partition}:s3:::{platform.code_bucket}",
        described_object={**described, "versionId": document["_version_id"]},
        configuration=function_arn.rpartition(":")[2],
    )
    functions.queue(function_arn, build_queue_event(platform.push_queue_arn, json.dumps(event)))


@contextmanager
def queue_notifications(functions: Functions, event_sources: Mapping[str, str]) -> Iterator[None]:
    """Let moto's S3 queue its SQS notifications in `functions`, with the fields that moto leaves out.

    `event_sources` are the event source mappings: the ARN of a queue, and that of the function that gets its messages.
    """
    from moto.s3 import notifications  # noqa: PLC0415  moto is imported only when AWS comes up

    def build_event(event_name: str, bucket: Any, key: Any, notification_id: str) -> dict[str, Any]:
        described = {"key": key.name, "size": key.size, "eTag": key.etag.replace('"', "")}
        return build_s3_event(
            event_name.removeprefix("s3:"),
            region=bucket.region_name,
            bucket_arn=bucket.arn,
            described_object=described | ({"versionId": key.version_id} if bucket.is_versioned else {}),
            configuration=notification_id,
        )

    def queue(account: str, event: Mapping[str, Any], queue_name: str, region: str) -> None:
        """Deliver the event if a function handles this queue. A test event of S3 has no records, and is left out."""
        for queue_arn, function_arn in event_sources.items():
            if queue_arn.endswith(f":sqs:{region}:{account}:{queue_name}") and "Records" in event:
                functions.queue(function_arn, build_queue_event(queue_arn, json.dumps(event)))

    patches = Patches()
    try:
        patches.replace(notifications, "_get_s3_event", build_event)
        patches.replace(notifications, "_send_sqs_message", queue)
        yield
    finally:
        patches.undo()


@contextmanager
def _set_environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Set environment variables, and restore the old ones when the context ends."""
    original = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in original.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
