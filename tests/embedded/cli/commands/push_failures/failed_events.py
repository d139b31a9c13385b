"""Events in the failure queue, and a Lambda that accepts or refuses them."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import msgspec
from botocore.exceptions import ClientError

from pushtrain.failures import parse_request, replay_events
from pushtrain.platform import Platform

DEV = Platform.local("dev")
DECISION = {"source": "aws.sagemaker", "detail": {"ModelPackageGroupName": "pushtrain-churn", "ModelPackageVersion": 2}}
HELD_NOTE = "not shown: about 1, because somebody else is listing or replaying them. Try again in five minutes\n"
Types = Callable[..., tuple[int, str, str]]


class StubLambda:
    """Runs the function `on_replay`. For the other functions, it answers Invoke with a status, or refuses."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.status, self.refusals = 202, set[str]()
        self.replayed: list[dict[str, Any]] = []  # payloads of `on_replay`

    def invoke(self, **request: Any) -> dict[str, Any]:
        if request["FunctionName"] == "pushtrain-replay":
            self.replayed.append(json.loads(request["Payload"]))
            return self._replay(self.replayed[-1])
        self.requests.append(request)
        if request["FunctionName"] in self.refusals:
            raise ClientError({"Error": {"Code": "ResourceNotFoundException", "Message": "no function"}}, "Invoke")
        return {"StatusCode": self.status}

    def _replay(self, payload: dict[str, Any]) -> dict[str, Any]:
        answer = msgspec.to_builtins(replay_events(DEV, parse_request(payload)))
        return {"StatusCode": 200, "Payload": io.BytesIO(json.dumps(answer).encode())}


def push_event(revision: str, model: str = "churn") -> dict[str, Any]:
    """Return the event of S3 for a push."""
    s3_object = {"key": f"model-repos/{model}/{revision}/config.yaml", "versionId": "v1"}
    return {"Records": [{"eventName": "ObjectCreated:Put", "s3": {"bucket": {"name": "code"}, "object": s3_object}}]}


def send_failed_events(sqs: Any, url: str, *events: object) -> list[str]:
    """Put events into the failure queue as Lambda does; return their message ids in order."""
    response = {"errorType": "ClientError", "errorMessage": "속도 제한\n  exceeded"}
    context = {"condition": "RetriesExhausted", "approximateInvokeCount": 3}
    bodies = [
        {"requestContext": context, "requestPayload": event, "responsePayload": response} if event else "?"
        for event in events
    ]
    return [sqs.send_message(QueueUrl=url, MessageBody=json.dumps(body))["MessageId"] for body in bodies]


def count_visible(sqs: Any, url: str) -> int:
    """Return how many messages anybody can receive now."""
    names = ["ApproximateNumberOfMessages"]
    return int(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"][names[0]])
