"""Lambda function that an operator invokes with ids of failed events. It hands those events to their handlers again.

It takes the events from the failure queue itself, so whoever may invoke it cannot invent one.
"""

from __future__ import annotations

import logging
from typing import Any

import msgspec

from pushtrain.failures import parse_request, replay_events
from pushtrain.platform import Platform

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001 - Lambda's signature
    """Replay the events. Return the ids that their handlers accepted, and why others were refused."""
    outcome = replay_events(Platform.from_environment(), parse_request(event))
    logger.info("%s", outcome)
    document: dict[str, Any] = msgspec.to_builtins(outcome)
    return document
