"""Open the platform of this computer for commands that mostly look: start embedded AWS only when they need it.

In: the store folder and its platform. Out: while the context lasts, `aws.client` returns clients that answer from the
store. The first request that these do not answer starts embedded AWS, and from then on all clients are those of boto3.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pushtrain import aws
from pushtrain.local.lookup.operations import build_find_client, list_lookup_operations
from pushtrain.local.storage.store import Store
from pushtrain.platform import Platform

if TYPE_CHECKING:
    from pushtrain.local.aws import LocalAws


@contextmanager
def open_for_lookup(
    folder: Path, platform: Platform, start: Callable[[], AbstractContextManager[LocalAws]]
) -> Iterator[Callable[[], LocalAws | None]]:
    """Answer clients from the store, or from the embedded AWS that `start` starts.

    Yields a function that returns this embedded AWS, or None if nothing has needed it.
    Raises LocalError if the store cannot be used.
    """
    with ExitStack() as stack:
        store = stack.enter_context(Store(folder))
        session = _Session(stack, store, platform, start)
        session.end_lookup = stack.enter_context(aws.use_clients(session.find_client))
        yield lambda: session.local_aws


class _Session:
    """The clients of one lookup, until embedded AWS takes over."""

    def __init__(
        self,
        stack: ExitStack,
        store: Store,
        platform: Platform,
        start: Callable[[], AbstractContextManager[LocalAws]],
    ) -> None:
        self.local_aws: LocalAws | None = None
        self.end_lookup: Callable[[], None] = lambda: None
        self._stack, self._platform, self._start = stack, platform, start
        self._lock = threading.Lock()
        self.find_client = build_find_client(list_lookup_operations(store, platform), platform, self._start_aws)

    def _start_aws(self, service: str) -> Any:
        """Start embedded AWS, once, and return the boto3 client of a service."""
        with self._lock:
            if self.local_aws is None:
                self.end_lookup()
                self.local_aws = self._stack.enter_context(self._start())
        return aws.client(service, self._platform.region)
