"""The failure queue: events that a handler failed to process. List them, or replay them to their handler.

No event is lost: an event leaves the queue only after AWS has accepted it.
"""

from pushtrain.failures.failed_event import APPROVAL, HANDLER_KINDS, PUSH, RUN_END, FailedEvent, parse_message
from pushtrain.failures.queue import count_held_elsewhere, hold_events, select_events
from pushtrain.failures.replay import ReplayOutcome, parse_request, replay_events, request_replay

__all__ = [
    "APPROVAL",
    "HANDLER_KINDS",
    "PUSH",
    "RUN_END",
    "FailedEvent",
    "ReplayOutcome",
    "count_held_elsewhere",
    "hold_events",
    "parse_message",
    "parse_request",
    "replay_events",
    "request_replay",
    "select_events",
]
