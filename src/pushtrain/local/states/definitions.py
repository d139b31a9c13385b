"""Definitions as CreateStateMachine takes them: the checks that moto leaves out, and moto's parser.

In: the text of a definition. Out: nothing, or ApiError (InvalidDefinition) that says what and where; a parsed program.
It catches what a run would meet too late: dangling transitions, unknown actions, JSONata, jobs nobody here can run.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from typing import Any

from pushtrain.catalog.api import UnknownTask, operation_of
from pushtrain.local.api import ApiError

LIMIT = 1_048_576  # bytes, API reference of CreateStateMachine
ENDS_ITSELF = frozenset({"Succeed", "Fail"})
JSONATA = "JSONata and variables (Assign) cannot run on this computer yet: write the state with JSONPath"
UNSUPPORTED_ACTIONS = {
    "createTransformJob": "transform jobs cannot run on this computer yet",
    "createHyperParameterTuningJob": "tuning jobs cannot run on this computer yet",
    "createLabelingJob": "labeling jobs cannot run on this computer yet",
}

_parsed: dict[str, Any] = {}
_parsed_lock = threading.Lock()


def check_definition(text: str) -> None:
    """Raises ApiError (InvalidDefinition) when AWS, or this computer, would not run the definition."""
    document = _document(text)
    problems = list(_problems_of_machine(document, ""))
    if problems:
        raise _invalid("; ".join(problems))
    program = _parse(text)
    with _parsed_lock:
        _parsed.clear()
        _parsed[text] = program


def program_of(text: str) -> Any:
    """The parsed program of a definition. A program runs once: the parse of `check_definition` is given away here."""
    with _parsed_lock:
        found = _parsed.pop(text, None)
    return found or _parse(text)


def _parse(text: str) -> Any:
    r"""Parses the definition written without `\u` escapes: moto's parser does not decode them, and paths miss."""
    from moto.stepfunctions.parser.asl.parse.asl_parser import (  # noqa: PLC0415 - nothing of moto at import
        AmazonStateLanguageParser,
    )

    plain = json.dumps(json.loads(text), ensure_ascii=False, separators=(",", ":"))
    try:
        return AmazonStateLanguageParser.parse(plain)[0]
    except Exception as error:  # moto's parser and components raise whatever they like
        raise _invalid(f"{type(error).__name__}: {error}") from error


def _document(text: str) -> dict[str, Any]:
    if len(text.encode()) > LIMIT:
        raise _invalid(f"the definition has {len(text.encode())} bytes, {LIMIT} are allowed")
    try:
        document = json.loads(text)
    except ValueError as error:
        raise _invalid(f"INVALID_JSON_DESCRIPTION: {error}") from error
    if not isinstance(document, dict):
        raise _invalid("INVALID_JSON_DESCRIPTION: a definition is a JSON object")
    return document


def _invalid(problem: str) -> ApiError:
    return ApiError("InvalidDefinition", f"Invalid State Machine Definition: '{problem}'")


def _problems_of_machine(machine: Mapping[str, Any], at: str) -> Iterator[str]:
    """A machine is the definition, a branch, or what a Map repeats."""
    states = machine.get("States")
    if not isinstance(states, dict) or not all(isinstance(state, dict) for state in states.values()):
        yield f"SCHEMA_VALIDATION_FAILED: States must be an object of states at {at}/States"
        return
    if machine.get("StartAt") not in states:
        yield f"MISSING_TRANSITION_TARGET: there is no state {machine.get('StartAt')!r} at {at}/StartAt"
    if machine.get("QueryLanguage") == "JSONata":
        yield f"{JSONATA} at {at or '/'}"
    reached = {machine.get("StartAt")}
    for name, state in states.items():
        place = f"{at}/States/{name}"
        targets = _targets(state)
        reached.update(targets)
        yield from (
            f"MISSING_TRANSITION_TARGET: there is no state {target!r} at {place}"
            for target in targets
            if target not in states
        )
        yield from _problems_of_state(state, place)
    yield from (
        f"MISSING_TRANSITION_TARGET: state {name!r} is not reachable at {at}/States/{name}"
        for name in states
        if name not in reached
    )


def _targets(state: Mapping[str, Any]) -> list[Any]:
    rules = [*state.get("Choices", []), *state.get("Catch", [])]
    return [holder[key] for holder in (state, *rules) for key in ("Next", "Default") if key in holder]


def _problems_of_state(state: Mapping[str, Any], place: str) -> Iterator[str]:
    kind = state.get("Type")
    if kind == "Choice":
        if "Next" in state or "End" in state:
            yield f"SCHEMA_VALIDATION_FAILED: a Choice takes neither Next nor End at {place}"
    elif kind not in ENDS_ITSELF and ("Next" in state) == bool(state.get("End")):
        yield f"SCHEMA_VALIDATION_FAILED: exactly one of Next and End is needed at {place}"
    if state.get("QueryLanguage") == "JSONata" or "Assign" in state:
        yield f"{JSONATA} at {place}"
    yield from _problems_of_resource(state.get("Resource", ""), place)
    for index, branch in enumerate(state.get("Branches", [])):
        yield from _problems_of_machine(branch, f"{place}/Branches[{index}]")
    for key in ("Iterator", "ItemProcessor"):
        if key in state:
            yield from _problems_of_machine(state[key], f"{place}/{key}")


def _problems_of_resource(resource: str, place: str) -> Iterator[str]:
    try:
        operation_of(resource)
    except UnknownTask as error:
        yield f"{error} at {place}/Resource"
        return
    action = resource.rpartition(":")[2].removesuffix(".sync")
    if ":sagemaker:" in resource and action in UNSUPPORTED_ACTIONS:
        yield f"{UNSUPPORTED_ACTIONS[action]} at {place}/Resource"
