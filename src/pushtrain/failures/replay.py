"""Replay failed events: the command line asks, and the function `on_replay` does it.

The function gets ids only, and takes the events from the failure queue itself. So an operator, who may invoke it, can
neither change nor invent an event. Only AWS puts messages into that queue: Lambda (a record around the event),
EventBridge, and SQS (the event itself).

A push returns to the push queue, which hands it to its handler when its turn comes: a hundred pushes that AWS throttled
are not started at once a second time. For the other handlers Lambda is invoked.
Source: Lambda API reference, Invoke: with InvocationType Event it answers 202 as soon as Lambda has queued the event.
If the event fails again, it returns to the failure queue after its retries.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct, field

from pushtrain import aws
from pushtrain.errors import OperatorError
from pushtrain.failures.failed_event import PUSH, FailedEvent
from pushtrain.failures.queue import delete_event, find_queue_url, hold_events
from pushtrain.platform import REPLAY, Platform

ACCEPTED = 202
NOT_FOUND = "is not in the queue any more, or somebody else is listing or replaying it: try again in five minutes"


class ReplayOutcome(Struct, frozen=True, kw_only=True):
    """What became of the events: ids that AWS accepted, and the reason for each other id. Those stay in the queue."""

    accepted: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)


def request_replay(platform: Platform, ids: Sequence[str]) -> ReplayOutcome:
    """Let the function `on_replay` replay these events, and wait for its answer.

    Raises OperatorError if the function fails, and ClientError if AWS refuses the call.
    """
    function = platform.function_name(REPLAY)
    response = aws.client("lambda", platform.region).invoke(
        FunctionName=function, Qualifier=platform.alias, Payload=json.dumps({"ids": list(ids)}).encode()
    )
    answer = json.loads(response["Payload"].read())
    if response.get("FunctionError"):
        raise OperatorError(f"{function} failed: {answer.get('errorType')}: {answer.get('errorMessage')}")
    return ReplayOutcome(accepted=answer["accepted"], refused=answer["refused"])


def parse_request(payload: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the ids of `{"ids": ["…"]}`. Raises OperatorError for anything else."""
    ids = payload.get("ids")
    if set(payload) != {"ids"} or not isinstance(ids, list) or not all(isinstance(text, str) for text in ids):
        raise OperatorError('on_replay takes the ids of failed events: expected {"ids": ["…"]}')
    return tuple(ids)


def replay_events(platform: Platform, ids: Sequence[str]) -> ReplayOutcome:
    """Take the events with these ids from the queue, and hand each to its handler again."""
    outcome = ReplayOutcome()
    with hold_events(platform) as events:
        by_id = {event.id: event for event in events}
        for event_id in ids:
            reason = _replay(platform, by_id[event_id]) if event_id in by_id else NOT_FOUND
            if reason:
                outcome.refused[event_id] = reason
            else:
                outcome.accepted.append(event_id)
    return outcome


def _replay(platform: Platform, failed_event: FailedEvent) -> str:
    """Send the event to its handler, and delete it once AWS has accepted it. Return why not; empty if it did.

    If the process dies in between, the event is delivered twice, which is harmless.
    """
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    if not failed_event.handler:
        return f"{failed_event.about}, so it cannot be replayed"
    send = _queue_push if failed_event.handler == PUSH else _invoke_handler
    try:
        if refusal := send(platform, failed_event):
            return refusal
    except ClientError as error:
        return " ".join(str(error).split())
    delete_event(platform, failed_event)
    return ""


def _queue_push(platform: Platform, failed_event: FailedEvent) -> str:
    """Put the S3 event of a push into the push queue again. SQS accepts it or raises ClientError."""
    sqs = aws.client("sqs", platform.region)
    url = find_queue_url(sqs, platform.push_queue, platform)
    sqs.send_message(QueueUrl=url, MessageBody=json.dumps(failed_event.event, ensure_ascii=False))
    return ""


def _invoke_handler(platform: Platform, failed_event: FailedEvent) -> str:
    """Let Lambda queue the event for its handler. Return why not; empty if it did."""
    function = platform.function_name(failed_event.handler)
    payload = json.dumps(failed_event.event, ensure_ascii=False).encode()
    response = aws.client("lambda", platform.region).invoke(
        FunctionName=function, Qualifier=platform.alias, InvocationType="Event", Payload=payload
    )
    accepted: bool = response["StatusCode"] == ACCEPTED
    return "" if accepted else f"{function} did not accept it: status {response['StatusCode']}"
