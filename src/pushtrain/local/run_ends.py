"""Call a function when a run has ended, and let others wait until that call is finished.

In: events of the engine, from any thread. Out: one call of `on_end` with the ARN of each run that ended, also of one
that failed or was stopped.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable

from pushtrain.local.events import Event, ExecutionEnded, ExecutionStarted, JobEnded, JobStarted


class RunEnds:
    """The runs that ended. `count` is their number; wait on the condition `changed` for the next one."""

    def __init__(self, on_end: Callable[[str], object] | None) -> None:
        self.changed = threading.Condition()
        self.count = 0
        self._on_end = on_end
        self._pending_arns = Counter[str]()  # a run that was redriven at once is pending twice: both ends call `on_end`
        self._running_jobs: set[str] = set()
        self._open_calls = 0
        self._closed = False

    def handle(self, event: Event) -> None:
        """Process one event. If it is the end of a run, return after `on_end` has returned."""
        if isinstance(event, ExecutionStarted):
            with self.changed:
                self._pending_arns[event.arn] += 1
        elif isinstance(event, ExecutionEnded):
            try:
                if self._begin_call():
                    self._call(event.arn)
            finally:
                with self.changed:
                    self._pending_arns[event.arn] -= 1
                    self.count += 1
                    self.changed.notify_all()
        elif isinstance(event, JobStarted | JobEnded):
            with self.changed:
                if isinstance(event, JobStarted):
                    self._running_jobs.add(event.job)
                else:
                    self._running_jobs.discard(event.job)
                self.changed.notify_all()

    def wait_for_jobs(self, seconds: float) -> None:
        """Wait until no job of this process runs, at most `seconds`."""
        with self.changed:
            self.changed.wait_for(lambda: not self._running_jobs, seconds)

    def is_pending(self, arn: str) -> bool:
        """Return True while a run of this process is running, or while its `on_end` call is running."""
        with self.changed:
            return self._pending_arns[arn] > 0

    def close(self) -> None:
        """Start no more calls, and wait for those that are running: they need embedded AWS."""
        with self.changed:
            self._closed = True
            self.changed.wait_for(lambda: not self._open_calls)

    def _begin_call(self) -> bool:
        with self.changed:
            if self._closed or self._on_end is None:
                return False
            self._open_calls += 1
            return True

    def _call(self, arn: str) -> None:
        assert self._on_end is not None  # noqa: S101 - `_begin_call` returned True
        try:
            self._on_end(arn)
        finally:
            with self.changed:
                self._open_calls -= 1
                self.changed.notify_all()
