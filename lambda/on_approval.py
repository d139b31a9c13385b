"""Lambda function for an EventBridge event: a model version's approval status has changed.

If it raises, Lambda delivers the event again, which is harmless.
"""

from __future__ import annotations

import dataclasses
import logging
from typing import Any

from pushtrain.platform import Platform
from pushtrain.serving import receive

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001 - Lambda's signature
    """Update serving; return what serving reads now, null if the event is not a decision."""
    serving = receive(event, Platform.from_environment())
    logger.info("%s", serving)
    return {"serving": dataclasses.asdict(serving) if serving else None}
