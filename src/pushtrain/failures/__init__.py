"""The failure queue: events that a handler failed to process. List them, or replay them to their handler.

No event is lost: an event leaves the queue only after Lambda has accepted it.
"""

from pushtrain.failures.failed_event import HANDLER_KINDS, PUSH, FailedEvent, parse_message
from pushtrain.failures.queue import count_held_elsewhere, hold_events, replay_event, select_events

__all__ = [
    "HANDLER_KINDS",
    "PUSH",
    "FailedEvent",
    "count_held_elsewhere",
    "hold_events",
    "parse_message",
    "replay_event",
    "select_events",
]
