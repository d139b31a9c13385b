"""Parse a message of the failure queue. Pure; never raises, whatever the message contains.

Source: Lambda developer guide, "Capturing records of Lambda asynchronous invocations": an on-failure destination gets
{requestContext, requestPayload, responseContext, responsePayload}. EventBridge user guide, "Using dead-letter queues":
if a rule could not invoke its target, the message is the event itself, and its attributes contain the error. SQS
developer guide, "Using dead-letter queues": SQS moves a message as it is; ReceiveMessage names the queue that it came
from (DeadLetterQueueSourceArn).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from pushtrain.brief import format_brief
from pushtrain.errors import PushError
from pushtrain.pushes.event import read_event

PUSH, APPROVAL, RUN_END = "push", "approval", "run-end"  # kinds of handlers, as in the names of their Lambda functions
HANDLER_KINDS = (PUSH, APPROVAL, RUN_END)
EVERY_DELIVERY_FAILED = "each delivery failed: the log of its handler says why"
REVISION_LENGTH = 12  # characters of a revision that are shown


class FailedEvent(Struct, frozen=True, kw_only=True):
    """One event in the failure queue.

    `handler` is the kind of handler that processes it, empty if none does. `about` describes the event, `error` says
    why it failed. `tries` is how often it was delivered (0: unknown), `since` (epoch) when it arrived in the queue.
    `receipt` is what SQS needs to delete this delivery.
    """

    id: str
    handler: str
    about: str
    error: str
    tries: int
    since: float
    event: Mapping[str, Any]
    receipt: str = ""

    def __repr__(self) -> str:
        return format_brief(self, "event", "receipt")


def parse_message(message: Mapping[str, Any]) -> FailedEvent:
    """Return the FailedEvent of an SQS message, as ReceiveMessage returns it with all its attributes.

    Lambda sends a record around the event (with `requestPayload`). An EventBridge rule and the push queue send the
    event itself.
    """
    body = _parse_body(message.get("Body", ""))
    is_record = isinstance(body.get("requestContext"), Mapping) and isinstance(body.get("requestPayload"), Mapping)
    event: Mapping[str, Any] = body["requestPayload"] if is_record else body
    handler, about = _describe_event(event)
    tries = _get(body, "requestContext", "approximateInvokeCount") if is_record else 0
    return FailedEvent(
        id=message["MessageId"],
        handler=handler,
        about=about,
        error=_find_handler_error(body) if is_record else _find_sender_error(message),
        tries=tries if isinstance(tries, int) else 0,
        since=int(message.get("Attributes", {}).get("SentTimestamp", 0)) / 1000,
        event=event,
        receipt=message["ReceiptHandle"],
    )


def _parse_body(text: str) -> Mapping[str, Any]:
    try:
        document = json.loads(text)
    except ValueError:
        document = text
    return document if isinstance(document, Mapping) else {"body": document}


def _describe_event(event: Mapping[str, Any]) -> tuple[str, str]:
    """Return (kind of handler, what the event is about)."""
    detail = event.get("detail")
    if event.get("source") == "aws.sagemaker" and isinstance(detail, Mapping):
        parts = (detail.get("ModelPackageGroupName"), "version", detail.get("ModelPackageVersion"))
        return APPROVAL, " ".join(map(str, (*parts, detail.get("ModelApprovalStatus", "")))).rstrip()
    if event.get("source") == "aws.states" and isinstance(detail, Mapping):
        state_machine = str(detail.get("stateMachineArn", "")).rpartition(":")[2]
        return RUN_END, f"{state_machine} run {detail.get('name')}"
    try:
        pushes = read_event(event)
    except (PushError, LookupError, TypeError, AttributeError):
        pushes = ()
    if pushes:
        return PUSH, ", ".join(f"{push.model} revision {push.revision[:REVISION_LENGTH]}" for push in pushes)
    return "", "no event that a handler takes"


def _find_handler_error(body: Mapping[str, Any]) -> str:
    """Return what the handler raised, else why Lambda gave up, such as EventAgeExceeded."""
    parts = (_get(body, "responsePayload", "errorType"), _get(body, "responsePayload", "errorMessage"))
    error = ": ".join(str(part) for part in parts if part)
    return error or str(_get(body, "requestContext", "condition") or "it is not told why")


def _find_sender_error(message: Mapping[str, Any]) -> str:
    """Return why EventBridge could not invoke the handler, or that all deliveries of the push queue failed."""
    if "DeadLetterQueueSourceArn" in message.get("Attributes", {}):
        return EVERY_DELIVERY_FAILED
    attributes: Mapping[str, Mapping[str, str]] = message.get("MessageAttributes", {})
    parts = [attributes[name].get("StringValue", "") for name in ("ERROR_CODE", "ERROR_MESSAGE") if name in attributes]
    return ": ".join(filter(None, parts)) or "it is not told why"


def _get(document: object, *path: str) -> Any:
    for key in path:
        document = document.get(key) if isinstance(document, Mapping) else None
    return document
