"""From an approval to what serving reads: the approved model, copied where no training job can write."""

from pushtrain.serving.approval import Serving, receive
from pushtrain.serving.approved_json import approved_uri, serving_now
from pushtrain.serving.event import EVENT_PATTERN
from pushtrain.serving.fetch import Fetched, fetch

__all__ = ["EVENT_PATTERN", "Fetched", "Serving", "approved_uri", "fetch", "receive", "serving_now"]
