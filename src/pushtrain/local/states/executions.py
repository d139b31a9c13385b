"""Start, follow, stop and redrive executions, and store them so that later processes can describe them.

In: a ResolvedStateMachine and an input. Out: what DescribeExecution, ListExecutions and GetExecutionHistory answer
(times in epoch seconds). An execution runs in the process that started it. If that process died, the execution is
ABORTED. This module does not use moto.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from typing import Any, Protocol
from uuid import uuid4

from msgspec import Struct

from pushtrain.local.api import ApiError, RequestScope
from pushtrain.local.events import Event, ExecutionEnded, ExecutionStarted
from pushtrain.local.liveness import describe_this_process, is_alive
from pushtrain.local.states import stop_requests
from pushtrain.local.states.resume import NothingToResume, ResumePoint, find_resume_point
from pushtrain.local.states.state_machines import ResolvedStateMachine
from pushtrain.local.states.stop_requests import StopRequest, StopRequests
from pushtrain.local.storage.store import Store

INPUT_LIMIT = 262_144  # bytes, API reference of StartExecution
NAME = re.compile(r"[^\s<>{}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f]{1,80}")
LOST = "The process that ran this execution on this computer ended before the execution did."


class LiveExecution(Protocol):
    """An execution that runs in this process."""

    def start(self) -> None:
        """Start, in a new thread."""

    def halt(self, error: str | None, cause: str | None) -> None:
        """Abort."""


class Redriven(Struct, frozen=True, kw_only=True):
    """A redrive: its events so far, where it goes on, the number of redrives, and its time in epoch seconds."""

    events: Sequence[Mapping[str, Any]]
    point: ResumePoint
    count: int
    time: float


Interpreter = Callable[[ResolvedStateMachine, dict[str, Any], "Executions", Redriven | None], LiveExecution]


class Executions:
    """All executions of the store, and the live executions of this process."""

    def __init__(self, *, store: Store, interpreter: Interpreter, on_event: Callable[[Event], object]) -> None:
        self.on_event = on_event
        self._store, self._interpreter = store, interpreter
        self.live: dict[str, LiveExecution] = {}
        self._stop_requests = StopRequests(store)

    def start(
        self, state_machine: ResolvedStateMachine, name: str | None, input_text: str, scope: RequestScope
    ) -> dict[str, Any]:
        """Start an execution and return its document. If one of this name runs with the same input, return that one.

        Raises ApiError: InvalidName, InvalidExecutionInput, ExecutionAlreadyExists.
        """
        name = name or str(uuid4())
        _check_start(name, input_text)
        arn = f"arn:aws:states:{scope.region}:{scope.account}:execution:{state_machine.name}:{name}"
        with self._store.write_lock():
            if (existing := self._find(arn)) is not None:
                if existing["status"] == "RUNNING" and existing["input"] == input_text:
                    return existing
                raise ApiError("ExecutionAlreadyExists", f"Execution Already Exists: '{arn}'")
            document = _build_document(arn, name, state_machine, input_text)
            self._store.put("execution", arn, document)
        self.record_history(arn, state_machine, [])
        self._run(arn, state_machine, document, None)
        return document

    def redrive(self, arn: str) -> dict[str, Any]:
        """Let an execution that failed, timed out or was stopped go on, and return its document.

        Raises ApiError: ExecutionDoesNotExist, ExecutionNotRedrivable.
        """
        with self._store.write_lock():
            document = self.get(arn)
            if document["redriveStatus"] != "REDRIVABLE":
                raise ApiError("ExecutionNotRedrivable", document["redriveStatusReason"])
            history = self.read_history(arn)
            try:
                point = find_resume_point(json.loads(history["definition"]), history["events"])
            except NothingToResume as error:
                raise ApiError("ExecutionNotRedrivable", f"Execution cannot be redriven: {error}") from error
            _reopen(document)
            self._stop_requests.remove(arn)
            self._store.put("execution", arn, document)
        count, moment = document["redriveCount"], document["redriveDate"]
        redriven = Redriven(events=history["events"], point=point, count=count, time=moment)
        self._run(arn, _read_state_machine(document, history), document, redriven)
        return document

    def _run(
        self, arn: str, state_machine: ResolvedStateMachine, document: dict[str, Any], redriven: Redriven | None
    ) -> None:
        self.live[arn] = self._interpreter(state_machine, document, self, redriven)
        self.on_event(ExecutionStarted(arn=arn))
        self.live[arn].start()

    def get(self, arn: str) -> dict[str, Any]:
        """Return the document of an execution.

        Raises ApiError (ExecutionDoesNotExist), or LocalError if it runs here and its store can no longer be written.
        """
        document = self._find(arn)
        if document is None:
            raise ApiError("ExecutionDoesNotExist", f"Execution Does Not Exist: '{arn}'")
        return document

    def list_for(self, state_machine_arn: str, status: str | None) -> list[dict[str, Any]]:
        """Return the executions of a state machine or of one version of it, the newest first."""
        keys = ("stateMachineArn", "stateMachineVersionArn")
        documents = [self._close_if_lost(document) for _, document in self._store.list_all("execution")]
        documents = [document for document in documents if state_machine_arn in [document.get(key) for key in keys]]
        return [document for document in reversed(documents) if status in {None, document["status"]}]

    def read_history(self, arn: str) -> dict[str, Any]:
        """Return `events` as in GetExecutionHistory, and the `definition` and `role` that ran."""
        self.get(arn)
        return self._store.get("history", arn) or {"events": []}

    def stop(self, arn: str, error: str | None, cause: str | None) -> dict[str, Any]:
        """Abort a running execution. An execution that has ended stays as it is.

        If another process runs it, ask that process, and wait until it has stopped it.
        Raises ApiError: ExecutionDoesNotExist, or ValidationException if the other process does not stop it in time.
        """
        document = self.get(arn)
        if document["status"] != "RUNNING":
            return document
        if arn not in self.live:
            return self._stop_elsewhere(arn, StopRequest(error=error, cause=cause))
        self.live[arn].halt(error, cause)
        return self.get(arn)  # still RUNNING if another thread records its end just now

    def obey_stop_request(self, arn: str) -> None:
        """Abort an execution of this process if another process has asked for it."""
        execution = self.live.get(arn)
        if execution and (request := self._stop_requests.take(arn)):
            execution.halt(request.error, request.cause)

    def _stop_elsewhere(self, arn: str, request: StopRequest) -> dict[str, Any]:
        """Ask the process that runs an execution to abort it; return its document once it has ended."""
        self._stop_requests.put(arn, request)
        deadline = time.monotonic() + stop_requests.PATIENCE
        while (document := self.get(arn))["status"] == "RUNNING":
            if time.monotonic() > deadline:
                raise ApiError(
                    "ValidationException",
                    f"{arn} runs in another process of this computer, {document['process']['pid']}, which does not "
                    "answer. Stop it there with Ctrl-C",
                )
            stop_requests.pause()
        self._stop_requests.remove(arn)
        return document

    def stop_all(self, cause: str) -> None:
        """Abort every execution that this process runs, also if recording the end of one fails."""
        with ExitStack() as stack:
            for execution in list(self.live.values()):
                stack.callback(execution.halt, None, cause)

    def record_history(self, arn: str, state_machine: ResolvedStateMachine, events: list[Any]) -> None:
        """Save the events so far: if the process is killed, they show how far the run came."""
        document = {"events": events, "definition": state_machine.definition, "role": state_machine.role}
        self._store.put("history", arn, document)

    def finish(self, arn: str, status: str, **details: str | None) -> None:
        """Record the end of an execution. Only the first call for an execution counts."""
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
        if document and document["status"] == "RUNNING" and arn in self.live and self._store.failure:
            raise self._store.failure  # its threads cannot record how it goes on
        return None if document is None else self._close_if_lost(document)

    def _close_if_lost(self, document: dict[str, Any]) -> dict[str, Any]:
        """Return the document. If the execution's process died before its end, record it as ABORTED first."""
        if document["status"] == "RUNNING" and not is_alive(document["process"]):
            _close(document, "ABORTED", cause=LOST)
            self._store.put("execution", document["executionArn"], document)
        return document


def _build_document(arn: str, name: str, state_machine: ResolvedStateMachine, input_text: str) -> dict[str, Any]:
    version = {"stateMachineVersionArn": state_machine.version_arn} if state_machine.version_arn else {}
    return {
        "executionArn": arn,
        "stateMachineArn": state_machine.arn,
        **version,
        "name": name,
        "status": "RUNNING",
        "startDate": time.time(),
        "input": input_text,
        "inputDetails": {"included": True},
        "redriveCount": 0,
        **_describe_redrive("RUNNING"),
        "process": describe_this_process(),
    }


def _describe_redrive(status: str) -> dict[str, str]:
    """Return the members of DescribeExecution that say whether an execution can be redriven."""
    if status in {"RUNNING", "SUCCEEDED"}:
        reason = f"Execution is {status} and cannot be redriven"
        return {"redriveStatus": "NOT_REDRIVABLE", "redriveStatusReason": reason}
    return {"redriveStatus": "REDRIVABLE", "redriveStatusReason": ""}


def _reopen(document: dict[str, Any]) -> None:
    """Mark an execution that has ended as running again, in this process."""
    for member in ("stopDate", "error", "cause"):
        document.pop(member, None)
    document |= {"status": "RUNNING", "process": describe_this_process(), **_describe_redrive("RUNNING")}
    document |= {"redriveCount": document["redriveCount"] + 1, "redriveDate": time.time()}


def _read_state_machine(document: dict[str, Any], history: dict[str, Any]) -> ResolvedStateMachine:
    """Return what an execution runs: the definition and role with which it started."""
    return ResolvedStateMachine(
        arn=document["stateMachineArn"],
        version_arn=document.get("stateMachineVersionArn"),
        name=document["stateMachineArn"].rpartition(":")[2],
        definition=history["definition"],
        role=history["role"],
        sm_type="STANDARD",
        document={},
    )


def _close(document: dict[str, Any], status: str, **details: str | None) -> None:
    document |= {"status": status, "stopDate": time.time()}
    document |= {key: value for key, value in details.items() if value is not None}
    document |= _describe_redrive(status)
    if status == "SUCCEEDED":
        document["outputDetails"] = {"included": True}


def _check_start(name: str, input_text: str) -> None:
    if not NAME.fullmatch(name):
        raise ApiError("InvalidName", f"Invalid Name: '{name}'")
    if len(input_text.encode()) > INPUT_LIMIT:
        raise ApiError(
            "InvalidExecutionInput", f"The input has {len(input_text.encode())} bytes, {INPUT_LIMIT} are allowed"
        )
    try:
        json.loads(input_text)
    except ValueError as error:
        raise ApiError("InvalidExecutionInput", f"Invalid State Machine Execution Input: '{error}'") from error
