"""Record the history of one execution, as AWS writes it, and send its states as events.

In: the events of moto's interpreter, from the threads of all branches. Out: the events of GetExecutionHistory.
Import this module only after `pushtrain.local.states.install.install` imported moto.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from moto.stepfunctions.parser.api import HistoryEventType
from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails
from moto.stepfunctions.parser.asl.eval.event.event_manager import EventManager

from pushtrain.errors import LocalError
from pushtrain.local.events import StateEntered, StateExited
from pushtrain.local.states.branches import is_stopped
from pushtrain.runs.history import History

if TYPE_CHECKING:
    from pushtrain.local.states.interpreter import InterpretedExecution

# After these events the history is saved. So a run whose process is killed still shows its last state and job.
SAVED_AFTER = ("StateEntered", "TaskSubmitted", "TaskStateExited")
ABORTED_KINDS = frozenset({"Task", "Wait", "Parallel", "Map"})  # types of states with an event ...StateAborted


class HistoryRecorder(EventManager):  # type: ignore[misc]
    """The history of one execution. It sends states as events, and takes no more events after `close`.

    `earlier_events` are those before a redrive, as GetExecutionHistory sends them.
    """

    def __init__(
        self,
        execution: InterpretedExecution,
        first_state_entered: threading.Event,
        earlier_events: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        super().__init__()
        self._execution, self._first_state_entered = execution, first_state_entered
        self._is_redriven = bool(earlier_events)
        self._history_event_list.extend(_read_wire_event(event) for event in earlier_events)
        self._event_id_gen._next_id = len(earlier_events) + 1
        self._aborted_ids: set[int] = set()
        self._closed = False
        self._close_lock = threading.Lock()  # so that a state of an aborted execution does not save the history later

    def add_event(self, context: Any, event_type: Any, event_details: Any = None, **options: Any) -> int:
        """Add an event and return its id. As on AWS, a branch that was stopped and an ended execution add no more.

        A state that a redrive runs again was entered before, so it adds no second StateEntered.
        """
        name = str(event_type.value)
        if self._closed or is_stopped(context) or (self._is_redriven and name == "ExecutionStarted"):
            return 0
        if name.endswith("StateEntered") and context.resumed_entry_id:
            event_id = context.source_event_id = context.resumed_entry_id
            context.resumed_entry_id = 0
        else:
            event_id = super().add_event(context, event_type, event_details, **options)
        self._send(name, event_details)
        if name.endswith(SAVED_AFTER):
            self._save()
        return int(event_id)

    def add_redrive(self, count: int) -> None:
        """Add ExecutionRedriven after the last event. `count` is the number of redrives, this one included."""
        self._append(
            HistoryEventType.ExecutionRedriven,
            len(self._history_event_list),
            "executionRedriven",
            {"redriveCount": count},
        )

    def abort_branches(self, context: Any, parallel: str) -> None:
        """Add TaskStateAborted and the like for each state inside a Parallel state that was still open.

        As AWS does it, they point to the event that failed, `context.source_event_id`.
        """
        failed_id = context.source_event_id
        for event_type, entry_id in self._list_aborted(parallel, failed_id):
            self._aborted_ids.add(entry_id)
            super().add_event(context, HistoryEventType(event_type), update_source_event_id=False)

    def _list_aborted(self, parallel: str, failed_id: int) -> Iterator[tuple[str, int]]:
        """Yield the type of the event and the id of the StateEntered for each open state of the Parallel state."""
        history = History(self.build_wire_events())
        failed_state = history.find_state(failed_id)
        failed_containers = history.list_containers(failed_state) if failed_state else ()
        for state in history.list_open_states():
            names = [container.name for container in history.list_containers(state)]
            is_new = state.event_id not in self._aborted_ids and state not in failed_containers
            if parallel in names and is_new and state.kind in ABORTED_KINDS:
                yield f"{state.kind}StateAborted", state.event_id

    def _send(self, name: str, event_details: Any) -> None:
        """Send the entry or the exit of a state to the listener of the executions."""
        executions, arn, moment = self._execution.executions, self._execution.exec_arn, datetime.now(UTC)
        if name.endswith("StateEntered"):
            self._first_state_entered.set()
            state = event_details["stateEnteredEventDetails"]["name"]
            executions.on_event(StateEntered(execution=arn, state=state, time=moment))
        elif name.endswith("StateExited"):
            state = event_details["stateExitedEventDetails"]["name"]
            executions.on_event(StateExited(execution=arn, state=state, time=moment))

    def _save(self) -> None:
        execution = self._execution
        with self._close_lock, suppress(LocalError):  # the store remembers it; whoever waits for the run raises it
            if not self._closed:
                execution.executions.record_history(
                    execution.exec_arn, execution.resolved_state_machine, self.build_wire_events()
                )

    def close(self, event_type: Any, details: dict[str, str | None]) -> bool:
        """Close the history, and return False if it was closed before.

        `event_type` is the last event. It is added with its details unless the interpreter has added it.
        """
        self._first_state_entered.set()
        with self._close_lock, self._mutex:
            if self._closed:
                return False
            self._closed = True
            last_type = self._history_event_list[-1]["type"] if self._history_event_list else None
            if event_type is None or last_type == event_type:
                return True
            texts = {name: text for name, text in details.items() if text is not None}
            self._append(event_type, 0, event_type.value[0].lower() + event_type.value[1:], texts)
        return True

    def _append(self, event_type: Any, previous_id: int, member: str, details: Mapping[str, Any]) -> None:
        """Append an event that no state writes. `member` and "EventDetails" is the name of its details."""
        event = self._create_history_event(
            event_id=self._event_id_gen.get(),
            source_event_id=previous_id,
            event_type=event_type,
            timestamp=format_iso(datetime.now(UTC)),
            event_details=EventDetails(**{f"{member}EventDetails": details}),
        )
        self._history_event_list.append(event)

    def build_wire_events(self) -> list[dict[str, Any]]:
        """Return the events so far as GetExecutionHistory sends them: types as text, times in epoch seconds.

        Their details are those of the events, not copies: an event does not change any more.
        """
        with self._mutex:
            events = list(self._history_event_list)
        return [
            {**event, "type": str(event["type"].value), "timestamp": _parse_iso(event["timestamp"])} for event in events
        ]


def format_iso(moment: datetime) -> str:
    """Format a time as in AWS's context object: UTC, milliseconds, Z, such as 2026-11-02T08:15:30.000Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _parse_iso(timestamp: str) -> float:
    return datetime.fromisoformat(timestamp).timestamp()


def _read_wire_event(event: Mapping[str, Any]) -> dict[str, Any]:
    """Return an event that `build_wire_events` built as moto keeps it."""
    moment = datetime.fromtimestamp(event["timestamp"], UTC)
    return {**event, "type": HistoryEventType(event["type"]), "timestamp": format_iso(moment)}
