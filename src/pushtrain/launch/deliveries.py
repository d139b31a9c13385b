"""Messages of the push queue -> launches. A message holds one S3 event, and is delivered until it has been handled.

In: a message, which is a record of the event of Lambda's event source mapping. Out: its Delivery. Messages are handled
independently of each other. One that failed waits before it is delivered again. SQS moves it to the failure queue when
it has been delivered as often as the queue allows.

Source: Lambda developer guide, "Using Lambda with Amazon SQS" (records) and "Handling errors for an SQS event source";
SQS developer guide, "Amazon SQS visibility timeout"; S3 user guide, "Event message structure": S3 sends one
`s3:TestEvent`, without records, when the notification is configured.
"""

from __future__ import annotations

import json
import logging
import random
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from pushtrain import aws
from pushtrain.launch.launch import LaunchOutcome, launch
from pushtrain.platform import Platform
from pushtrain.pushes.event import read_event

logger = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 30, 600  # seconds until a message that failed is delivered again


class Delivery(Struct, frozen=True, kw_only=True):
    """One delivery of a message. `outcomes` has one entry for each push of its S3 event.

    `error` is why the message must be delivered again, the first if there are several; None if it was handled.
    """

    message: str
    outcomes: tuple[LaunchOutcome, ...] = ()
    error: Exception | None = None


def choose_pause(deliveries: int) -> int:
    """Return the seconds until the next delivery of a message that failed, after `deliveries` of them.

    The pause doubles from FIRST_PAUSE to LONGEST_PAUSE. Up to half of it is left out at random, so that pushes do not
    come back together after AWS throttled them together.
    """
    pause = min(FIRST_PAUSE << deliveries - 1, LONGEST_PAUSE)
    return round(pause * random.uniform(0.5, 1))  # noqa: S311 - no secret


def receive_message(record: Mapping[str, Any], platform: Platform) -> Delivery:
    """Launch every push of one message, a record of the Lambda's event. Postpone the message if one failed."""
    outcomes: list[LaunchOutcome] = []
    errors: list[Exception] = []
    try:
        for push in read_event(json.loads(record["body"])):
            try:
                outcomes.append(launch(push, platform))
            except Exception as error:  # noqa: BLE001 - the other pushes of the message must not wait for this one
                errors.append(error)
    except Exception as error:  # noqa: BLE001 - the other messages must not wait for this one
        errors.append(error)
    if errors:
        _postpone(record, platform)
    return Delivery(message=record["messageId"], outcomes=tuple(outcomes), error=errors[0] if errors else None)


def _postpone(record: Mapping[str, Any], platform: Platform) -> None:
    """Let SQS deliver the message again after a pause, and not only after the visibility timeout of the queue.

    If SQS refuses, the message stays hidden for the rest of that timeout. A message without a receipt is in no queue:
    this computer delivers each once.
    """
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - botocore is slow to import

    if not record["receiptHandle"]:
        return
    pause = choose_pause(int(record["attributes"]["ApproximateReceiveCount"]))
    try:
        sqs = aws.client("sqs", platform.region)
        url = sqs.get_queue_url(QueueName=platform.push_queue)["QueueUrl"]
        sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=record["receiptHandle"], VisibilityTimeout=pause)
    except (BotoCoreError, ClientError) as error:
        logger.warning("%s", f"message {record['messageId']} waits for the visibility timeout of its queue: {error}")
