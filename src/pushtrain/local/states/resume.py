"""Find where a redriven execution goes on. Pure.

In: its definition, and its events as GetExecutionHistory sends them. Out: a ResumePoint.
Source: Step Functions developer guide, "Redrive behavior of individual states": of a Parallel state only the branches
that failed or were aborted run again, unless the error was States.DataLimitExceeded.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from pushtrain.runs.history import EnteredState, Event, History

WHOLE_STATE_ERRORS = frozenset({"States.DataLimitExceeded", "States.Runtime"})  # then all branches run again

Scope = Mapping[str, Any]


class FinishedBranch(Struct, frozen=True, kw_only=True):
    """A branch that had ended with this output. It does not run again."""

    output: Any


class ResumePoint(Struct, frozen=True, kw_only=True):
    """The state where a scope goes on, and its input.

    `event_id` is that of its StateEntered; 0 if it was not entered yet. For a Parallel state that had started,
    `started_id` is that of its ParallelStateStarted, and `branches` says how each branch goes on: None starts it anew.
    """

    name: str
    input: Any
    event_id: int = 0
    started_id: int = 0
    branches: tuple[ResumePoint | FinishedBranch | None, ...] = ()


class NothingToResume(Exception):
    """The execution has ended all of its states, or entered none."""


def find_resume_point(definition: Scope, events: Sequence[Event]) -> ResumePoint:
    """Return where the execution goes on. Raises NothingToResume if no state is left."""
    history = History(events)
    states = [state for state in history.entered_states if not history.list_containers(state)]
    keeps_branches = _read_error(events) not in WHOLE_STATE_ERRORS
    point = _find_point(definition, states, history, keeps_branches=keeps_branches)
    if isinstance(point, ResumePoint):
        return point
    raise NothingToResume("all states have ended" if point else "no state was entered")


def _find_point(
    scope: Scope, states: Sequence[EnteredState], history: History, *, keeps_branches: bool
) -> ResumePoint | FinishedBranch | None:
    """Return how a scope goes on. `states` are those that were entered in it."""
    if not states:
        return None
    last = states[-1]
    definition = scope["States"][last.name]
    exit_event = history.find_exit(last)
    if exit_event and definition["Type"] != "Choice":
        output = json.loads(exit_event["stateExitedEventDetails"]["output"])
        return (
            ResumePoint(name=definition["Next"], input=output)
            if "Next" in definition
            else FinishedBranch(output=output)
        )
    start = history.find_start(last) if last.kind == "Parallel" and keeps_branches else None
    return ResumePoint(
        name=last.name,
        input=json.loads(history.find_entry(last)["stateEnteredEventDetails"]["input"]),
        event_id=last.event_id,
        started_id=start["id"] if start else 0,
        branches=_find_branches(definition, last, start, history) if start else (),
    )


def _find_branches(
    definition: Scope, parallel: EnteredState, start: Event, history: History
) -> tuple[ResumePoint | FinishedBranch | None, ...]:
    """Return how each branch of a Parallel state goes on. Branches of an attempt before `start` do not count."""
    inside = [
        state
        for state in history.entered_states
        if state.event_id > start["id"] and history.list_containers(state)[:1] == (parallel,)
    ]
    return tuple(
        _find_point(branch, [state for state in inside if state.name in branch["States"]], history, keeps_branches=True)
        for branch in definition["Branches"]
    )


def _read_error(events: Sequence[Event]) -> str:
    details = events[-1].get("executionFailedEventDetails", {}) if events else {}
    return str(details.get("error", ""))
