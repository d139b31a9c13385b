"""Lambda that S3 calls when something is uploaded to the code bucket. It starts a run for each push.

For a push that cannot run, problems.json says why and the Lambda succeeds. For a push whose files have not all arrived,
it raises, so that Lambda delivers the event again.
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
    """Start a run for every push of an S3 event. Return one outcome for each push."""
    outcomes = receive_event(event, Platform.from_environment())
    for outcome in outcomes:
        logger.info("%s", outcome)
    return {"pushes": [{"kind": type(outcome).__name__, **dataclasses.asdict(outcome)} for outcome in outcomes]}
