"""Lambda function for an EventBridge event: a run has ended.

If it raises, Lambda delivers the event again, which is harmless.
"""

from __future__ import annotations

import logging
from typing import Any

import msgspec

from pushtrain.platform import Platform
from pushtrain.report.ended import receive

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001 - Lambda's signature
    """Write the run's result, and the report of its model version. Return their addresses, null if not written."""
    end = receive(event, Platform.from_environment())
    logger.info("%s", end)
    return msgspec.to_builtins(end) if end else {"result": None, "report": None}
