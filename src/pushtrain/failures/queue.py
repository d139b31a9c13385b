"""The failure queue itself: looked at without taking anything out, and replayed one event at a time.

In: a platform. Out: GivenUp values; an invocation of the handler's live alias, and a message deleted after it.
Source: SQS API reference: who receives a message hides it from all others for its visibility timeout; ReceiveMessage
with WaitTimeSeconds asks all servers, so that an empty answer means nothing is left. Invoke with InvocationType Event
answers 202 once Lambda has put the event into its own queue; what then fails comes back here after its retries.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from pushtrain import aws
from pushtrain.errors import OperatorError
from pushtrain.failures.failed_event import FailedEvent, parse_message
from pushtrain.platform import Platform

HOLD = 300  # seconds for which nobody else sees what is looked at, should this process die meanwhile
BATCH = 10  # most messages of one request
MOST = 1000  # messages that are looked at
LONG_POLL = 1  # seconds
ACCEPTED = 202


@contextmanager
def hold_events(platform: Platform) -> Iterator[list[FailedEvent]]:
    """What waits in the queue, oldest first, at most MOST of it; others see it again when the context ends.

    Raises OperatorError when there is no such queue.
    """
    sqs = aws.client("sqs", platform.region)
    url = _url(sqs, platform)
    found: dict[str, FailedEvent] = {}
    try:
        _receive(sqs, url, found)
        yield sorted(found.values(), key=lambda each: (each.since, each.id))
    finally:
        _release(sqs, url, list(found.values()))


def count_held_elsewhere(platform: Platform) -> int:
    """About how many messages somebody else is looking at or replaying just now."""
    sqs = aws.client("sqs", platform.region)
    name = "ApproximateNumberOfMessagesNotVisible"
    told = sqs.get_queue_attributes(QueueUrl=_url(sqs, platform), AttributeNames=[name])["Attributes"]
    return int(told[name])


def select_events(found: Sequence[FailedEvent], ids: Sequence[str], platform: Platform) -> list[FailedEvent]:
    """Those whose ids begin with one of `ids`, each once. Raises OperatorError for none, several, or no handler's."""
    picked: dict[str, FailedEvent] = {}
    for text in ids:
        alike = [each for each in found if each.id.startswith(text)]
        if len(alike) != 1:
            said = f"{len(alike)} events begin" if alike else "no event begins"
            where = f"in {platform.failure_queue}. `pushtrain push-failures list{platform.cli_option}` shows what waits"
            raise OperatorError(f"{said} with {text!r} {where}")
        picked[alike[0].id] = alike[0]
    for each in picked.values():
        if not each.handler:
            said = f"{each.id}: {each.about}, so it cannot be replayed"
            seen = f"`pushtrain push-failures list{platform.cli_option} --json` shows it"
            raise OperatorError(f"{said}. {seen}; the queue drops it after 14 days")
    return list(picked.values())


def replay_event(platform: Platform, given_up: FailedEvent) -> None:
    """Hand the event to its handler again; out of the queue once Lambda has accepted it, never before.

    Whoever dies between the two leaves it in the queue, and it is delivered twice, which is harmless.
    Raises OperatorError when Lambda does not accept it, and what AWS refuses.
    """
    payload = json.dumps(given_up.event, ensure_ascii=False).encode()
    function = platform.function_name(given_up.handler)
    answer = aws.client("lambda", platform.region).invoke(
        FunctionName=function, Qualifier=platform.alias, InvocationType="Event", Payload=payload
    )
    if answer["StatusCode"] != ACCEPTED:
        raise OperatorError(f"{function} did not accept {given_up.id}: status {answer['StatusCode']}. It stays queued")
    sqs = aws.client("sqs", platform.region)
    sqs.delete_message(QueueUrl=_url(sqs, platform), ReceiptHandle=given_up.receipt)


def _url(sqs: Any, platform: Platform) -> str:
    try:
        url: str = sqs.get_queue_url(QueueName=platform.failure_queue)["QueueUrl"]
    except sqs.exceptions.QueueDoesNotExist as error:
        said = f"there is no queue {platform.failure_queue} in {platform.region}"
        raise OperatorError(
            f"{said}: deploy the platform again. `pushtrain doctor{platform.cli_option}` tells what else is missing"
        ) from error
    return url


def _receive(sqs: Any, url: str, found: dict[str, FailedEvent]) -> None:
    """Fill `found` until an answer is empty, or brings nothing new: then those seen first are visible again."""
    while len(found) < MOST:
        answer = sqs.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=BATCH,
            VisibilityTimeout=HOLD,
            WaitTimeSeconds=LONG_POLL,
            MessageSystemAttributeNames=["SentTimestamp"],
            MessageAttributeNames=["All"],
        )
        batch = {each.id: each for each in map(parse_message, answer.get("Messages", ()))}
        known = batch.keys() <= found.keys()
        found |= batch
        if known:
            return


def _release(sqs: Any, url: str, held: Sequence[FailedEvent]) -> None:
    """Show them to others again. One that was deleted meanwhile is refused by itself, which is as it should be."""
    for start in range(0, len(held), BATCH):
        entries = [
            {"Id": str(index), "ReceiptHandle": each.receipt, "VisibilityTimeout": 0}
            for index, each in enumerate(held[start : start + BATCH])
        ]
        sqs.change_message_visibility_batch(QueueUrl=url, Entries=entries)
