"""Serving: copy an approved model into the serving bucket, where no training job can write, and download it."""

from pushtrain.serving.approval import ServingState, receive
from pushtrain.serving.approved_json import build_approved_uri, read_serving_arn, read_serving_arns
from pushtrain.serving.decisions import Decision, read_decisions
from pushtrain.serving.event import EVENT_PATTERN, read_event
from pushtrain.serving.fetch import FetchedModel, fetch, find_approved_document

__all__ = [
    "EVENT_PATTERN",
    "Decision",
    "FetchedModel",
    "ServingState",
    "build_approved_uri",
    "fetch",
    "find_approved_document",
    "read_decisions",
    "read_event",
    "read_serving_arn",
    "read_serving_arns",
    "receive",
]
