"""Read the failure queue. Messages stay in it unless one is deleted.

Source: SQS API reference: ReceiveMessage hides a message from other readers for its visibility timeout. With
WaitTimeSeconds it asks all servers, so an empty response means that no message is left.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from pushtrain import aws
from pushtrain.errors import OperatorError
from pushtrain.failures.failed_event import FailedEvent, parse_message
from pushtrain.platform import Platform

HOLD_SECONDS = 300  # if this process dies, other readers see its messages again after this time
BATCH = 10  # messages per request, SQS's maximum
MAX_EVENTS = 1000  # events that are read at once
LONG_POLL = 1  # seconds


@contextmanager
def hold_events(platform: Platform) -> Iterator[list[FailedEvent]]:
    """Yield the events in the queue, oldest first, at most MAX_EVENTS. Others see them again when the context ends.

    Raises OperatorError if there is no such queue.
    """
    sqs = aws.client("sqs", platform.region)
    url = find_queue_url(sqs, platform.failure_queue, platform)
    events: dict[str, FailedEvent] = {}
    try:
        _receive(sqs, url, events)
        yield sorted(events.values(), key=lambda event: (event.since, event.id))
    finally:
        _release(sqs, url, list(events.values()))


def count_held_elsewhere(platform: Platform) -> int:
    """Return about how many events another process is reading or replaying now."""
    sqs = aws.client("sqs", platform.region)
    attribute = "ApproximateNumberOfMessagesNotVisible"
    url = find_queue_url(sqs, platform.failure_queue, platform)
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[attribute])["Attributes"]
    return int(attributes[attribute])


def select_events(events: Sequence[FailedEvent], ids: Sequence[str], platform: Platform) -> list[FailedEvent]:
    """Return the events whose ids start with one of `ids`, each once.

    Raises OperatorError if a text matches no event or several, or if no handler processes the event.
    """
    selected: dict[str, FailedEvent] = {}
    for text in ids:
        matches = [event for event in events if event.id.startswith(text)]
        if len(matches) != 1:
            count = f"{len(matches)} events begin" if matches else "no event begins"
            hint = f"`pushtrain push-failures list{platform.cli_option}` shows what waits"
            raise OperatorError(f"{count} with {text!r} in {platform.failure_queue}. {hint}")
        selected[matches[0].id] = matches[0]
    for event in selected.values():
        if not event.handler:
            hint = f"`pushtrain push-failures list{platform.cli_option} --json` shows it"
            raise OperatorError(
                f"{event.id}: {event.about}, so it cannot be replayed. {hint}; the queue drops it after 14 days"
            )
    return list(selected.values())


def delete_event(platform: Platform, failed_event: FailedEvent) -> None:
    """Delete an event that `hold_events` yielded from the queue."""
    sqs = aws.client("sqs", platform.region)
    url = find_queue_url(sqs, platform.failure_queue, platform)
    sqs.delete_message(QueueUrl=url, ReceiptHandle=failed_event.receipt)


def find_queue_url(sqs: Any, name: str, platform: Platform) -> str:
    """Return the URL of one of the platform's queues. Raises OperatorError if there is no such queue."""
    try:
        url: str = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    except sqs.exceptions.QueueDoesNotExist as error:
        message = f"there is no queue {name} in {platform.region}"
        raise OperatorError(
            f"{message}: deploy the platform again. `pushtrain doctor{platform.cli_option}` shows what else is missing"
        ) from error
    return url


def _receive(sqs: Any, url: str, events: dict[str, FailedEvent]) -> None:
    """Fill `events` until a response is empty or has nothing new, because the first messages are visible again."""
    while len(events) < MAX_EVENTS:
        response = sqs.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=BATCH,
            VisibilityTimeout=HOLD_SECONDS,
            WaitTimeSeconds=LONG_POLL,
            MessageSystemAttributeNames=["SentTimestamp", "DeadLetterQueueSourceArn"],
            MessageAttributeNames=["All"],
        )
        batch = {event.id: event for event in map(parse_message, response.get("Messages", ()))}
        is_repeated = batch.keys() <= events.keys()
        events |= batch
        if is_repeated:
            return


def _release(sqs: Any, url: str, events: Sequence[FailedEvent]) -> None:
    """Make the events visible to others again. SQS refuses those that were deleted meanwhile, as it should."""
    for start in range(0, len(events), BATCH):
        entries = [
            {"Id": str(index), "ReceiptHandle": event.receipt, "VisibilityTimeout": 0}
            for index, event in enumerate(events[start : start + BATCH])
        ]
        sqs.change_message_visibility_batch(QueueUrl=url, Entries=entries)
