"""Lambda: the code bucket's notification. Parses the event, calls the library, answers.

A push that is wrong is answered (problems.json tells why); one that has not all arrived raises, so that Lambda
delivers the event again.
"""

from __future__ import annotations

import dataclasses
import logging
from typing import Any

from pushtrain.launch.launch import receive_event
from pushtrain.platform import Platform

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001 - Lambda's signature
    """Start a run for every push of an S3 event; what happened, one entry for each push."""
    answers = receive_event(event, Platform.from_environment())
    for answer in answers:
        logger.info("%s", answer)
    return {"pushes": [{"kind": type(answer).__name__, **dataclasses.asdict(answer)} for answer in answers]}
