"""Lambda: EventBridge tells that a run has ended well. Calls the library, answers.

What it raises makes Lambda deliver the event again; doing so is harmless.
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
    """Write the report of the model version; where it is, null where the run registered none."""
    reported = receive(event, Platform.from_environment())
    logger.info("%s", reported)
    return {"reported": dataclasses.asdict(reported) if reported else None}
