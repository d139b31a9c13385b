"""Let one AWS call of a handler fail: throttled, lost on the way, or with a process that dies before or after it.

botocore has already repeated the calls that fail here: its five tries are over. Only "sent twice" shows such a repeat:
the first answer was lost, so AWS gets a call that it has already carried out.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any
from unittest import mock

from botocore.client import BaseClient
from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError

THROTTLED, FAILED, NOT_SENT = "throttled", "error 500", "connection lost before the call"
ANSWER_LOST, SENT_TWICE = "answer lost", "sent twice"
KILLED_BEFORE, KILLED_AFTER, OVERTAKEN = "killed before", "killed after", "overtaken"
FAULTS = (THROTTLED, FAILED, NOT_SENT, ANSWER_LOST, SENT_TWICE, KILLED_BEFORE, KILLED_AFTER, OVERTAKEN)
URL = "https://aws.example.com"
Call = Callable[..., Any]


class Killed(BaseException):
    """The process of the handler dies. No handler may catch this, and a dead process makes no further call."""


class BrokenBody(io.RawIOBase):
    """The body of an object, whose connection breaks before it has arrived."""

    def read(self, *_: object) -> bytes:
        raise ReadTimeoutError(endpoint_url=URL)


class FaultyAws:
    """Counts the AWS calls of one delivery; the call number `number` (from 0) has the fault.

    `meanwhile` runs just before the call if the fault is `overtaken`: another delivery, which has no faults.
    `calls` has the name of each call, such as `s3.PutObject`. It is safe for threads.
    """

    def __init__(self, number: int = -1, fault: str = "", meanwhile: Callable[[str], None] = lambda _: None) -> None:
        self.number, self.fault, self.meanwhile = number, fault, meanwhile
        self.calls: list[str] = []
        self._is_dead = self._is_quiet = False
        self._lock = threading.Lock()

    def call(self, service: str, operation: str, send: Call) -> Any:
        """Carry out a call, or what the fault makes of it."""
        if self._is_quiet:
            return send()
        with self._lock:
            if self._is_dead:
                raise Killed
            is_due = len(self.calls) == self.number
            self.calls.append(f"{service}.{operation}")
        return self._fail(operation, send) if is_due else send()

    def _fail(self, operation: str, send: Call) -> Any:
        if self.fault == THROTTLED:
            raise _build_error("ThrottlingException", HTTPStatus.BAD_REQUEST, operation)
        if self.fault == FAILED:
            raise _build_error("InternalError", HTTPStatus.INTERNAL_SERVER_ERROR, operation)
        if self.fault == NOT_SENT:
            raise ConnectTimeoutError(endpoint_url=URL)
        if self.fault == OVERTAKEN:
            self._overtake(operation)
            return send()
        if self.fault == KILLED_BEFORE:
            self._die()
        return self._lose_answer(operation, send)

    def _lose_answer(self, operation: str, send: Call) -> Any:
        """Carry out the call, and lose its answer in one of three ways."""
        answer = send()
        if self.fault == SENT_TWICE:
            return send()
        if self.fault == KILLED_AFTER:
            self._die()
        if operation == "GetObject":  # its answer has arrived by then; what is lost is the body
            return {**answer, "Body": BrokenBody()}
        raise ReadTimeoutError(endpoint_url=URL)

    def _overtake(self, operation: str) -> None:
        self._is_quiet = True
        try:
            self.meanwhile(operation)
        finally:
            self._is_quiet = False

    def _die(self) -> None:
        self._is_dead = True
        raise Killed


def _build_error(code: str, status: HTTPStatus, operation: str) -> ClientError:
    response: Any = {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": status.value}}
    return ClientError(response, operation)


@contextmanager
def inject(faulty: FaultyAws) -> Iterator[None]:
    """Let each boto3 client of this process make its calls through `faulty`."""
    make_call: Call = BaseClient._make_api_call  # type: ignore[attr-defined]

    def make_api_call(client: BaseClient, operation: str, parameters: dict[str, Any]) -> Any:
        service = client.meta.service_model.service_name
        return faulty.call(service, operation, lambda: make_call(client, operation, dict(parameters)))

    with mock.patch.object(BaseClient, "_make_api_call", make_api_call):
        yield
