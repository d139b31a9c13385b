"""Lambda function for an EventBridge event: a run has succeeded.

If it raises, Lambda delivers the event again, which is harmless.
"""

from __future__ import annotations

import dataclasses
import logging
from typing import Any

from pushtrain.platform import Platform
from pushtrain.report.ended import receive

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001 - Lambda's signature
    """Write the report of the model version; return its address, null if the run registered none."""
    reported = receive(event, Platform.from_environment())
    logger.info("%s", reported)
    return {"reported": dataclasses.asdict(reported) if reported else None}
