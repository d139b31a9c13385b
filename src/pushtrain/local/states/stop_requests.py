"""Ask the process that runs an execution to stop it: a document in the store, which that process reads.

An execution runs in threads of one process, and only that process can end them. It looks for requests whenever it is
asked how the execution is, which whoever waits for a run does every second.
"""

from __future__ import annotations

import time

from msgspec import Struct

from pushtrain.local.storage.store import Store

KIND = "stop_request"
PAUSE = 0.1  # seconds between two looks
PATIENCE = 30.0  # seconds that a process has to stop its execution; its jobs need some of them


class StopRequest(Struct, frozen=True, kw_only=True):
    """The members `error` and `cause` of a request of StopExecution."""

    error: str | None
    cause: str | None


class StopRequests:
    """The requests in a store, by the ARN of the execution."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def put(self, arn: str, request: StopRequest) -> None:
        """Leave a request for the process that runs the execution."""
        self._store.put(KIND, arn, {"error": request.error, "cause": request.cause})

    def take(self, arn: str) -> StopRequest | None:
        """Return the request for an execution, and remove it; None if there is none."""
        document = self._store.get(KIND, arn)
        if document is None:
            return None
        self.remove(arn)
        return StopRequest(error=document["error"], cause=document["cause"])

    def remove(self, arn: str) -> None:
        """Remove the request for an execution that has ended, or that goes on after a redrive."""
        self._store.remove(KIND, arn)


def pause() -> None:
    """Wait before the next look. Tests replace this function."""
    time.sleep(PAUSE)
