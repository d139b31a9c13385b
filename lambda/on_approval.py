"""Lambda: EventBridge tells that the approval status of a model version changed. Calls the library, answers.

What it raises makes Lambda deliver the event again; doing so is harmless.
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
    """Hand the approved model to serving; what serving reads now, null where the event was no decision."""
    serving = receive(event, Platform.from_environment())
    logger.info("%s", serving)
    return {"serving": dataclasses.asdict(serving) if serving else None}
