"""The ends of runs: each wakes the function `on_run_end`, and who waits for a run hears of its end only after that.

In: events of the engine, from any thread. Out: calls of `wake` with the ARN of a run that ended well.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from pushtrain.local.events import Event, ExecutionEnded, StateEntered


class RunEnds:
    """`count` is how many ends were told so far; wait on `news` for more."""

    def __init__(self, wake: Callable[[str], object] | None) -> None:
        self.news = threading.Condition()
        self.count = 0
        self._wake = wake
        self._open: set[str] = set()
        self._told: set[str] = set()
        self._waking = 0
        self._closed = False

    def handle(self, event: Event) -> None:
        """Takes in an event; returns when the function has returned."""
        if isinstance(event, StateEntered):
            with self.news:
                self._open |= {event.execution} - self._told  # a branch may speak up after its run has ended
        elif isinstance(event, ExecutionEnded):
            if event.status == "SUCCEEDED" and self._begin():
                self._finish(event.arn)
            with self.news:
                self._told.add(event.arn)
                self._open.discard(event.arn)
                self.count += 1
                self.news.notify_all()

    def is_pending(self, arn: str) -> bool:
        """Whether a run of this process has not been heard to the end."""
        with self.news:
            return arn in self._open

    def close(self) -> None:
        """From now on nothing is woken; returns when what was woken has returned: AWS must be up that long."""
        with self.news:
            self._closed = True
            self.news.wait_for(lambda: not self._waking)

    def _begin(self) -> bool:
        with self.news:
            if self._closed or self._wake is None:
                return False
            self._waking += 1
            return True

    def _finish(self, arn: str) -> None:
        assert self._wake is not None  # noqa: S101 - `_begin` looked already
        try:
            self._wake(arn)
        finally:
            with self.news:
                self._waking -= 1
                self.news.notify_all()
