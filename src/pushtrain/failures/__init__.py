"""The failure queue: events that no handler could take in, looked at and handed to their handler again.

In: a platform. Out: GivenUp values; `replay` makes Lambda deliver an event anew. Nothing is lost on the way: an event
leaves the queue only once Lambda has accepted it.
"""

from pushtrain.failures.given_up import KINDS, PUSH, GivenUp, parse
from pushtrain.failures.queue import chosen, replay, waiting, withheld

__all__ = ["KINDS", "PUSH", "GivenUp", "chosen", "parse", "replay", "waiting", "withheld"]
