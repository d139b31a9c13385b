"""Lambda that handles the queue of pushes: S3 puts a message there for each config.yaml. It starts a run for each push.

For a push that cannot run, problems.json says why and the message is done. A message that failed otherwise, for example
because AWS throttled a call or not all files have arrived, is delivered again after a pause.
"""

from __future__ import annotations

import logging
from typing import Any

from pushtrain.launch.deliveries import receive_message
from pushtrain.platform import Platform

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001 - Lambda's signature
    """Start a run for every push. Return the ids of the messages that SQS must deliver again.

    Raises the first error if all messages failed: Lambda counts it, and SQS delivers all of them again.
    """
    platform = Platform.from_environment()
    deliveries = [receive_message(record, platform) for record in event["Records"]]
    errors = {delivery.message: delivery.error for delivery in deliveries if delivery.error}
    for delivery in deliveries:
        for outcome in delivery.outcomes:
            logger.info("%s", outcome)
    if errors and len(errors) == len(deliveries):
        raise next(iter(errors.values()))
    for message, error in errors.items():
        logger.error("message %s failed: %r", message, error)
    return {"batchItemFailures": [{"itemIdentifier": message} for message in errors]}
