"""Lambda function for an EventBridge event: a model version's approval status has changed, or it was deleted.

If it raises, Lambda delivers the event again, which is harmless.
"""

from __future__ import annotations

import logging
from typing import Any

import msgspec

from pushtrain.platform import Platform
from pushtrain.serving import receive
from pushtrain.version_index import read_changed_model, refresh_model

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001 - Lambda's signature
    """Update serving and the index of versions; return what serving reads now, null if the event is not a decision."""
    platform = Platform.from_environment()
    try:
        serving = receive(event, platform)
    except Exception:  # the list shows the decision all the same; the error that counts is this one
        try:
            _refresh_list(event, platform)
        except Exception:
            logger.exception("the index of versions was not written either")
        raise
    _refresh_list(event, platform)
    logger.info("%s", serving)
    return {"serving": msgspec.to_builtins(serving) if serving else None}


def _refresh_list(event: dict[str, Any], platform: Platform) -> None:
    if model := read_changed_model(event, platform):
        refresh_model(platform, model)
