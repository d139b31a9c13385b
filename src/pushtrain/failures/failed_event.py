"""A message of the failure queue -> GivenUp. Pure; whatever a message holds, it is told and never raises.

Source: Lambda developer guide, "Capturing records of Lambda asynchronous invocations": an on-failure destination gets
{requestContext, requestPayload, responseContext, responsePayload}. EventBridge user guide, "Using dead-letter queues":
where a rule could not wake its target, the bare event, and why in the message's attributes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pushtrain.errors import PushError
from pushtrain.pushes.event import read_event

PUSH, APPROVAL, RUN_END = "push", "approval", "run-end"  # kinds of handlers, as their functions are named
HANDLER_KINDS = (PUSH, APPROVAL, RUN_END)
SHORT = 12  # characters of a revision that are shown


@dataclass(frozen=True, kw_only=True)
class FailedEvent:
    """One event that waits in the failure queue.

    `handler` is the kind of handler it is for, empty where none takes such an event. `about` says what it tells of,
    `error` why it was given up, `tries` how often it was delivered (0: not told), `since` (epoch) when it came here.
    `receipt` is what the queue asks for to delete this delivery of it.
    """

    id: str
    handler: str
    about: str
    error: str
    tries: int
    since: float
    event: Mapping[str, Any] = field(repr=False)
    receipt: str = field(default="", repr=False, compare=False)


def parse_message(message: Mapping[str, Any]) -> FailedEvent:
    """A message as ReceiveMessage gives it, with all attributes."""
    body = _document(message.get("Body", ""))
    wrapped = isinstance(body.get("requestContext"), Mapping) and isinstance(body.get("requestPayload"), Mapping)
    event: Mapping[str, Any] = body["requestPayload"] if wrapped else body
    handler, about = _subject(event)
    tries = _at(body, "requestContext", "approximateInvokeCount") if wrapped else 0
    return FailedEvent(
        id=message["MessageId"],
        handler=handler,
        about=about,
        error=_handlers_error(body) if wrapped else _rules_error(message.get("MessageAttributes", {})),
        tries=tries if isinstance(tries, int) else 0,
        since=int(message.get("Attributes", {}).get("SentTimestamp", 0)) / 1000,
        event=event,
        receipt=message["ReceiptHandle"],
    )


def _document(text: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        found = text
    return found if isinstance(found, Mapping) else {"body": found}


def _subject(event: Mapping[str, Any]) -> tuple[str, str]:
    """(kind of handler, what the event is about)."""
    detail = event.get("detail")
    if event.get("source") == "aws.sagemaker" and isinstance(detail, Mapping):
        words = (detail.get("ModelPackageGroupName"), "version", detail.get("ModelPackageVersion"))
        return APPROVAL, " ".join(map(str, (*words, detail.get("ModelApprovalStatus", "")))).rstrip()
    if event.get("source") == "aws.states" and isinstance(detail, Mapping):
        machine = str(detail.get("stateMachineArn", "")).rpartition(":")[2]
        return RUN_END, f"{machine} run {detail.get('name')}"
    try:
        pushes = read_event(event)
    except (PushError, LookupError, TypeError, AttributeError):
        pushes = ()
    if pushes:
        return PUSH, ", ".join(f"{push.model} revision {push.revision[:SHORT]}" for push in pushes)
    return "", "no event that a handler takes"


def _handlers_error(body: Mapping[str, Any]) -> str:
    """What the handler raised; else why Lambda gave up, such as EventAgeExceeded."""
    raised = (_at(body, "responsePayload", "errorType"), _at(body, "responsePayload", "errorMessage"))
    told = ": ".join(str(part) for part in raised if part)
    return told or str(_at(body, "requestContext", "condition") or "it is not told why")


def _rules_error(attributes: Mapping[str, Mapping[str, str]]) -> str:
    """Why EventBridge could not wake the handler."""
    told = [attributes[name].get("StringValue", "") for name in ("ERROR_CODE", "ERROR_MESSAGE") if name in attributes]
    return ": ".join(filter(None, told)) or "it is not told why"


def _at(document: object, *path: str) -> Any:
    for key in path:
        document = document.get(key) if isinstance(document, Mapping) else None
    return document
