"""The failure queue: events that no handler could take in, looked at and handed to their handler again.

In: a platform. Out: GivenUp values; `replay` makes Lambda deliver an event anew. Nothing is lost on the way: an event
leaves the queue only once Lambda has accepted it.
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
