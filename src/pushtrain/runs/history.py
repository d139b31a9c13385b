"""Read the history of an execution: which state scheduled a job, which state failed, and what a redrive runs again.

In: the events of GetExecutionHistory, oldest first. Out: states by name. Pure.

The branches of a Parallel state write into one list, so the order of events says nothing. `previousEventId` does: a
branch is a chain of its own that begins at ParallelStateStarted. As AWS writes it (recorded histories of real
executions): ParallelStateFailed and the TaskStateAborted of every stopped branch point to the event that failed;
ExecutionAborted and ExecutionTimedOut point to nothing (0); a redriven task is scheduled again from its first
TaskStateEntered.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from msgspec import Struct

from pushtrain.catalog.job_kind import JobKind
from pushtrain.catalog.job_kinds import BY_ACTION

Event = Mapping[str, Any]

ENTERED, EXITED = "StateEntered", "StateExited"
FAIL = "Fail"
CONTAINERS = frozenset({"Parallel", "Map"})  # types of states that run other states
SCOPE_STARTS = frozenset({"ParallelStateStarted", "MapStateStarted"})
CREATE_MODEL, DELETE_MODEL = "createModel", "deleteModel"
RUN_FAILED = "ExecutionFailed"


class EnteredState(Struct, frozen=True, kw_only=True):
    """A state that the execution entered: `kind` is its Type in the definition, `event_id` that of its StateEntered."""

    name: str
    kind: str
    event_id: int


class ScheduledJob(Struct, frozen=True, kw_only=True):
    """A job that a state of the execution asked SageMaker for. `step` is the name of that state."""

    step: str
    kind: JobKind
    name: str


class History:
    """The events of one execution. Redrives of the execution are part of them."""

    def __init__(self, events: Sequence[Event]) -> None:
        self._events = tuple(events)
        self._by_id = {event["id"]: event for event in events}

    def list_jobs(self) -> Iterator[ScheduledJob]:
        """Yield every job once, in the order of their starts, redrives included. Retries of a call share its job."""
        listed = set[tuple[str, str]]()
        for event in self._events:
            scheduled = event.get("taskScheduledEventDetails", {})
            kind = BY_ACTION.get(scheduled.get("resource", "").removesuffix(".sync"))
            state = self._find_state(event) if kind else None
            name = json.loads(scheduled["parameters"])[kind.name_member] if kind and state else ""
            if kind and state and (kind.name, name) not in listed:
                listed.add((kind.name, name))
                yield ScheduledJob(step=state.name, kind=kind, name=name)

    def list_left_models(self) -> tuple[str, ...]:
        """Return the models that the execution created for a serving test and has not deleted."""
        scheduled = [event["taskScheduledEventDetails"] for event in self._events if event["type"] == "TaskScheduled"]
        created = [_read_model(details) for details in scheduled if details["resource"] == CREATE_MODEL]
        deleted = {
            _read_model(details)
            for event in self._events
            if event.get("taskSucceededEventDetails", {}).get("resource") == DELETE_MODEL
            for details in [self._find_scheduled(event)]
        }
        return tuple(name for name in dict.fromkeys(created) if name not in deleted)

    def find_failed_state(self) -> EnteredState | None:
        """Return the state that ended the execution, also one inside a Parallel state; None if no state was entered.

        If the execution was stopped or timed out, it is the last state that had not ended.
        """
        last = self._events[-1] if self._events else None
        if last and last["type"] == RUN_FAILED and (state := self._find_state(last)):
            return state
        unfinished = self.list_unfinished_states()
        return unfinished[-1] if unfinished else None

    def list_unfinished_states(self) -> tuple[EnteredState, ...]:
        """Return the states that were entered and have not ended, in the order of their entry.

        A Parallel or Map state counts only if no state inside it does. States inside one that has ended do not count.
        """
        states = self.list_open_states()
        parents = {container.event_id for state in states for container in self.list_containers(state)}
        return tuple(state for state in states if state.kind not in CONTAINERS or state.event_id not in parents)

    def list_open_states(self) -> tuple[EnteredState, ...]:
        """Return the states that were entered and have not ended, each after the Parallel and Map states around it."""
        return tuple(state for state in self.entered_states if not self._is_closed(state))

    @cached_property
    def entered_states(self) -> tuple[EnteredState, ...]:
        """All states that were entered, in order."""
        return tuple(_read_entered_state(event) for event in self._events if event["type"].endswith(ENTERED))

    def find_state(self, event_id: int) -> EnteredState | None:
        """Return the state that an event belongs to; None if no state was entered before it."""
        return self._find_state(self._by_id[event_id])

    def find_exit(self, state: EnteredState) -> Event | None:
        """Return the event by which a state ended; None if it has not ended."""
        return self._exits.get(state.event_id)

    def find_entry(self, state: EnteredState) -> Event:
        """Return the event by which a state was entered."""
        return self._by_id[state.event_id]

    def list_containers(self, state: EnteredState) -> tuple[EnteredState, ...]:
        """Return the Parallel and Map states around a state, the innermost first."""
        containers: list[EnteredState] = []
        event = self._previous(self._by_id[state.event_id])
        while event:
            if event["type"].endswith(EXITED):  # an earlier state of the same branch: go on before its entry
                entry = self._find_entry(event)
                event = self._by_id[entry.event_id] if entry else event
            elif event["type"] in SCOPE_STARTS and (container := self._find_state(event)):
                containers.append(container)
                event = self._by_id[container.event_id]
            event = self._previous(event)
        return tuple(containers)

    def find_start(self, container: EnteredState) -> Event | None:
        """Return the ParallelStateStarted of a Parallel state; None if it did not start its branches."""
        starts = [event for event in self._events if event["type"] in SCOPE_STARTS]
        return next((event for event in reversed(starts) if self._find_state(event) == container), None)

    @cached_property
    def _exits(self) -> Mapping[int, Event]:
        """The StateExited events by the id of the StateEntered."""
        exits = (event for event in self._events if event["type"].endswith(EXITED))
        return {entry.event_id: event for event in exits if (entry := self._find_entry(event))}

    def _is_closed(self, state: EnteredState) -> bool:
        """Return True if a state, or a Parallel or Map state around it, has ended."""
        return any(part.event_id in self._exits for part in (state, *self.list_containers(state)))

    def _find_state(self, event: Event) -> EnteredState | None:
        """Return the state that an event belongs to: the nearest entry before it in its own chain."""
        return next((_read_entered_state(e) for e in self._list_chain(event) if e["type"].endswith(ENTERED)), None)

    def _find_entry(self, exit_event: Event) -> EnteredState | None:
        """Return the entry of a state that has ended. That of a Parallel state lies before those of its branches."""
        name = exit_event["stateExitedEventDetails"]["name"]
        entries = (_read_entered_state(e) for e in self._list_chain(exit_event) if e["type"].endswith(ENTERED))
        return next((entry for entry in entries if entry.name == name), None)

    def _find_scheduled(self, event: Event) -> Mapping[str, Any]:
        """Return the details of the TaskScheduled before an event of the same Task."""
        return next(e["taskScheduledEventDetails"] for e in self._list_chain(event) if e["type"] == "TaskScheduled")

    def _list_chain(self, event: Event | None) -> Iterator[Event]:
        while event:
            yield event
            event = self._previous(event)

    def _previous(self, event: Event) -> Event | None:
        return self._by_id.get(event.get("previousEventId", 0))


def _read_model(scheduled: Mapping[str, Any]) -> str:
    return str(json.loads(scheduled["parameters"])["ModelName"])


def _read_entered_state(event: Event) -> EnteredState:
    kind = event["type"].removesuffix(ENTERED)
    return EnteredState(name=event["stateEnteredEventDetails"]["name"], kind=kind, event_id=event["id"])
