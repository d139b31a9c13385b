"""Failed events that on_replay hands to their handlers again. The operator repeats the command until one is gone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

from botocore.client import BaseClient

from pushtrain import aws
from pushtrain.platform import Platform
from tests.torture.fault_trials import Trial, import_handler

handler = import_handler("on_replay")

Invocations = list[dict[str, Any]]


class NotReplayed(Exception):
    """The function refused an event."""


class ReplayTrial(Trial):
    """One failed approval in the queue. `invocations` has what Lambda has accepted since embedded AWS is up."""

    def __init__(self, platform: Platform, invocations: Invocations, number: int) -> None:
        self.platform, self.invocations = platform, invocations
        self.name = f"event-{number}"
        url = aws.client("sqs").get_queue_url(QueueName=platform.failure_queue)["QueueUrl"]
        detail = {"ModelPackageGroupName": self.name}
        body = json.dumps({"source": "aws.sagemaker", "detail": detail})
        self.id = aws.client("sqs").send_message(QueueUrl=url, MessageBody=body)["MessageId"]

    def deliver(self) -> None:
        answer = handler({"ids": [self.id]}, None)
        if self.id in answer["refused"] and self._is_queued():
            raise NotReplayed(answer["refused"][self.id])

    def prepare_retry(self) -> None:
        """Let five minutes pass: SQS shows the messages again that a dead process held."""
        for message in self._list_messages():
            message.change_visibility(0)

    def find_problems(self) -> Iterator[str]:
        if self._is_queued():
            yield "stuck: the event is in the queue still"
        if not self._count_invocations():
            yield "lost: no handler has got the event"

    def _is_queued(self) -> bool:
        return any(message.id == self.id for message in self._list_messages())

    def _list_messages(self) -> list[Any]:
        from moto.sqs.models import sqs_backends

        queue = sqs_backends[self.platform.account][self.platform.region].queues[self.platform.failure_queue]
        return list(queue._messages)

    def _count_invocations(self) -> int:
        payloads = [json.loads(invocation["Payload"]) for invocation in self.invocations]
        return sum(payload["detail"]["ModelPackageGroupName"] == self.name for payload in payloads)


def accept_invocations(invocations: Invocations) -> Any:
    """Patch boto3: Lambda accepts each invocation, which is appended to `invocations`."""
    make_call: Callable[..., Any] = BaseClient._make_api_call  # type: ignore[attr-defined]

    def make_api_call(self: BaseClient, operation: str, parameters: dict[str, Any]) -> Any:
        if self.meta.service_model.service_name != "lambda":
            return make_call(self, operation, parameters)
        invocations.append(parameters)
        return {"StatusCode": 202}

    return mock.patch.object(BaseClient, "_make_api_call", make_api_call)
