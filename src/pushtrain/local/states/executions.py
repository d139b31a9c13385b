"""Start, follow and stop executions, and store them so that later processes can describe them.

In: a ResolvedStateMachine and an input. Out: what DescribeExecution, ListExecutions and GetExecutionHistory answer
(times in epoch seconds). An execution runs in the process that started it. If that process died, the execution is
ABORTED. This module does not use moto.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from typing import Any, Protocol
from uuid import uuid4

from pushtrain.local.api import ApiError, RequestScope
from pushtrain.local.events import Event, ExecutionEnded
from pushtrain.local.liveness import describe_this_process, is_alive
from pushtrain.local.states.state_machines import ResolvedStateMachine
from pushtrain.local.storage.store import Store

INPUT_LIMIT = 262_144  # bytes, API reference of StartExecution
NAME = re.compile(r"[^\s<>{}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f]{1,80}")
LOST = "The process that ran this execution on this computer ended before the execution did."


class Live(Protocol):
    """An execution that runs in this process."""

    def start(self) -> None:
        """Begins, in a thread of its own."""

    def halt(self, error: str | None, cause: str | None) -> None:
        """Aborts."""


Interpreter = Callable[[ResolvedStateMachine, dict[str, Any], "Executions"], Live]


class Executions:
    """All executions of the store, and those that run in this process."""

    def __init__(self, *, store: Store, interpreter: Interpreter, on_event: Callable[[Event], object]) -> None:
        self.on_event = on_event
        self._store, self._interpreter = store, interpreter
        self.live: dict[str, Live] = {}

    def start(self, revision: ResolvedStateMachine, name: str | None, text: str, place: RequestScope) -> dict[str, Any]:
        """Starts an execution and gives its document; the running one of that name when the input is the same.

        Raises ApiError: InvalidName, InvalidExecutionInput, ExecutionAlreadyExists.
        """
        name = name or str(uuid4())
        _check(name, text)
        arn = f"arn:aws:states:{place.region}:{place.account}:execution:{revision.name}:{name}"
        with self._store.write_lock():
            if (existing := self._find(arn)) is not None:
                if existing["status"] == "RUNNING" and existing["input"] == text:
                    return existing
                raise ApiError("ExecutionAlreadyExists", f"Execution Already Exists: '{arn}'")
            document = _new(arn, name, revision, text)
            self._store.put("execution", arn, document)
        self.record_history(arn, revision, [])
        self.live[arn] = self._interpreter(revision, document, self)
        self.live[arn].start()
        return document

    def get(self, arn: str) -> dict[str, Any]:
        """The document of an execution. Raises ApiError: ExecutionDoesNotExist."""
        document = self._find(arn)
        if document is None:
            raise ApiError("ExecutionDoesNotExist", f"Execution Does Not Exist: '{arn}'")
        return document

    def list_for(self, machine_arn: str, status: str | None) -> list[dict[str, Any]]:
        """The executions of a machine, or of one version of it, newest first."""
        keys = ("stateMachineArn", "stateMachineVersionArn")
        found = [self._settled(document) for _, document in self._store.list_all("execution")]
        mine = [document for document in found if machine_arn in [document.get(key) for key in keys]]
        return [document for document in reversed(mine) if status in {None, document["status"]}]

    def history(self, arn: str) -> dict[str, Any]:
        """`events` as GetExecutionHistory gives them, and the `definition` and `role` that ran."""
        self.get(arn)
        return self._store.get("history", arn) or {"events": []}

    def stop(self, arn: str, error: str | None, cause: str | None) -> dict[str, Any]:
        """Aborts a running execution; one that ended is left as it is. Raises ApiError."""
        document = self.get(arn)
        if document["status"] != "RUNNING":
            return document
        if arn not in self.live:
            raise ApiError("ValidationException", f"{arn} runs in another process of this computer: stop it there")
        self.live[arn].halt(error, cause)
        return self.get(arn)

    def stop_all(self, cause: str) -> None:
        """Aborts every execution that this process runs."""
        for live in list(self.live.values()):
            live.halt(None, cause)

    def record_history(self, arn: str, revision: ResolvedStateMachine, events: list[Any]) -> None:
        """Keeps the events so far: a run that is killed shows how far it came."""
        document = {"events": events, "definition": revision.definition, "role": revision.role}
        self._store.put("history", arn, document)

    def finish(self, arn: str, status: str, **details: str | None) -> None:
        """Puts an execution down as ended; whoever comes second is ignored."""
        with self._store.write_lock():
            document = self.get(arn)
            if document["status"] != "RUNNING":
                return
            _close(document, status, **details)
            self._store.put("execution", arn, document)
        self.live.pop(arn, None)
        self.on_event(ExecutionEnded(arn=arn, status=status))

    def _find(self, arn: str) -> dict[str, Any] | None:
        document = self._store.get("execution", arn)
        return None if document is None else self._settled(document)

    def _settled(self, document: dict[str, Any]) -> dict[str, Any]:
        """The document; a run whose process died without saying so is put down as ABORTED."""
        if document["status"] == "RUNNING" and not is_alive(document["process"]):
            _close(document, "ABORTED", cause=LOST)
            self._store.put("execution", document["executionArn"], document)
        return document


def _new(arn: str, name: str, revision: ResolvedStateMachine, text: str) -> dict[str, Any]:
    version = {"stateMachineVersionArn": revision.version_arn} if revision.version_arn else {}
    return {
        "executionArn": arn,
        "stateMachineArn": revision.arn,
        **version,
        "name": name,
        "status": "RUNNING",
        "startDate": time.time(),
        "input": text,
        "inputDetails": {"included": True},
        "redriveCount": 0,
        "redriveStatus": "NOT_REDRIVABLE",
        "redriveStatusReason": "Execution is RUNNING and cannot be redriven",
        "process": describe_this_process(),
    }


def _close(document: dict[str, Any], status: str, **details: str | None) -> None:
    document |= {"status": status, "stopDate": time.time()}
    document |= {key: value for key, value in details.items() if value is not None}
    document["redriveStatusReason"] = "Executions cannot be redriven on this computer yet"
    if status == "SUCCEEDED":
        document["outputDetails"] = {"included": True}


def _check(name: str, text: str) -> None:
    if not NAME.fullmatch(name):
        raise ApiError("InvalidName", f"Invalid Name: '{name}'")
    if len(text.encode()) > INPUT_LIMIT:
        raise ApiError("InvalidExecutionInput", f"The input has {len(text.encode())} bytes, {INPUT_LIMIT} are allowed")
    try:
        json.loads(text)
    except ValueError as error:
        raise ApiError("InvalidExecutionInput", f"Invalid State Machine Execution Input: '{error}'") from error
