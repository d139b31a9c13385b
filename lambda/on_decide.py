"""Lambda function that a run calls between evaluation and registration: it turns metrics into the verdict.

If it raises a DecideError, the run fails with the name of its class as the error and its message as the cause.
"""

from __future__ import annotations

import logging
from typing import Any

from pushtrain.decide import decide, parse_payload, pin_verdict
from pushtrain.platform import Platform

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001 - Lambda's signature
    """Judge the run and write its verdict; return whether it passed, why not, the metrics of the gate, and more."""
    request = parse_payload(event)
    platform = Platform.from_environment()
    summary = decide(request, platform).summarize()
    summary["document"] = pin_verdict(platform, request.model, request.run)
    logger.info("run %s of %s: %s", request.run, request.model, summary)
    return summary
