"""One state of a definition against AWS's rules. Pure.

In: a state as a template wrote it, with values of any type. Out: its problems, without the state's name. Its routes are
checked in `routes`, the states inside it in `definition`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pushtrain.catalog import asl, expression
from pushtrain.catalog.suggest import did_you_mean
from pushtrain.workflow.checks.choice import find_choice_problems
from pushtrain.workflow.checks.fields import (
    find_path_problems,
    find_payload_problems,
    find_result_path_problems,
    is_whole_number,
)
from pushtrain.workflow.checks.handlers import find_handler_problems
from pushtrain.workflow.checks.task import find_task_problems

_PAYLOADS = ("Parameters", "ResultSelector", "ItemSelector", "Credentials")
_PATHS = ("InputPath", "OutputPath")
_REFERENCE_PATHS = ("ItemsPath", "SecondsPath", "TimestampPath", "TimeoutSecondsPath", "HeartbeatSecondsPath")
_MINIMUMS = {"Seconds": 0, "TimeoutSeconds": 1, "HeartbeatSeconds": 1, "MaxConcurrency": 0}
_WAITS = ("Seconds", "SecondsPath", "Timestamp", "TimestampPath")


def find_state_problems(state: Mapping[str, Any]) -> Iterator[str]:
    """Yield the problems of one state."""
    kind = state.get("Type")
    if not isinstance(kind, str) or kind not in asl.STATE_FIELDS:
        yield f"Type {kind!r} is no state type{did_you_mean(str(kind), asl.STATE_FIELDS)}"
    elif state.get("QueryLanguage", "JSONPath") != "JSONPath":
        yield "QueryLanguage: JSONata states cannot be checked here; write it with JSONPath"
    else:
        for field in sorted(state.keys() - asl.STATE_FIELDS[kind], key=str):
            yield f"a {kind} state has no field {field!r}{did_you_mean(str(field), asl.STATE_FIELDS[kind])}"
        yield from _find_plain_field_problems(state)
        yield from _find_path_field_problems(state)
        for field in _PAYLOADS:
            if field in state:
                yield from find_payload_problems(state[field], field)
        for field in ("Retry", "Catch"):
            if field in state:
                yield from find_handler_problems(state, field)
        if kind == "Choice":
            yield from find_choice_problems(state)
        if kind == "Task":
            yield from find_task_problems(state)
    yield from _find_ending_problems(state)


def _find_plain_field_problems(state: Mapping[str, Any]) -> Iterator[str]:
    for field in ("Comment", "Error", "Cause", "Resource", "Next", "Default"):
        if field in state and not isinstance(state[field], str):
            yield f"{field} must be text, not {state[field]!r}"
    for field, minimum in _MINIMUMS.items():
        if field in state and not is_whole_number(state[field], minimum):
            yield f"{field} must be a whole number, {minimum} or more, not {state[field]!r}"
    for path_field in state:
        field = str(path_field).removesuffix("Path")
        if field != path_field and field in state and field != "Result":
            yield f"{field} and {path_field} are both given; AWS takes one of the two"
    if state["Type"] == "Wait" and not state.keys() & _WAITS:
        yield f"a Wait state needs one of {', '.join(_WAITS)}"
    if "End" in state and state["End"] is not True:
        yield f"End must be true, not {state['End']!r}: leave it out where the run goes on"


def _find_path_field_problems(state: Mapping[str, Any]) -> Iterator[str]:
    for field in _PATHS:
        if state.get(field) is not None:
            yield from find_path_problems(field, state[field])
    for field in _REFERENCE_PATHS:
        if field in state:
            yield from find_path_problems(field, state[field], reference=True)
    if state.get("ResultPath") is not None:
        yield from find_result_path_problems(state["ResultPath"])
    for field in ("ErrorPath", "CausePath"):
        if field in state:
            yield from (f"{field}: {problem}" for problem in _find_failure_text_problems(str(state[field])))


def _find_failure_text_problems(text: str) -> Iterator[str]:
    if problem := expression.find_expression_problem(text):
        yield problem
    for name in re.findall(r"States\.\w+(?=\()", text):
        if name not in asl.FAIL_INTRINSICS:
            yield f"a Fail state cannot use {name}; it can {', '.join(sorted(asl.FAIL_INTRINSICS))}"


def _find_ending_problems(state: Mapping[str, Any]) -> Iterator[str]:
    """Every state but Choice, Succeed and Fail has either Next or End."""
    if state.get("Type") not in ("Choice", *asl.ENDING_TYPES) and ("Next" in state) == ("End" in state):
        yield f"needs Next or End; it has {'both' if 'Next' in state else 'neither'}"
