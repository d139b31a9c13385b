"""Check and parse the definitions of CreateStateMachine: the checks that moto leaves out, then the parser.

In: the text of a definition. Out: a parsed program, or ApiError (InvalidDefinition) with each problem and its path. The
checks find what would otherwise fail during a run: missing transition targets, unknown actions, JSONata, and jobs that
cannot run on this computer.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pushtrain.catalog import asl
from pushtrain.catalog.api import UnknownTask, find_operation
from pushtrain.catalog.job_kinds import OTHER_ACTIONS
from pushtrain.local.api import ApiError
from pushtrain.workflow.definition import list_inner_scopes, list_transitions

JSONATA = "JSONata and variables (Assign) cannot run on this computer yet: write the state with JSONPath"


def check_definition(text: str) -> None:
    """Raise ApiError (InvalidDefinition) if AWS would refuse the definition, or this computer cannot run it."""
    document = _read_document(text)
    problems = list(_find_problems(document, ""))
    if problems:
        raise _invalid("; ".join(problems))
    parse_program(text)


def parse_program(text: str) -> Any:
    """Return a new program; a program can run only once.

    moto's slow parser reads only definitions that `build_program` does not know, and says what is wrong with them.
    """
    from pushtrain.local.states.programs import build_program  # noqa: PLC0415 - it imports moto

    try:
        return build_program(json.loads(text))
    except (ValueError, TypeError, KeyError, AttributeError):  # Unfamiliar, or wrong for one of moto's components
        return parse_with_grammar(text)


def parse_with_grammar(text: str) -> Any:
    r"""Parse a definition after decoding its `\u` escapes: moto's parser does not, and then paths have no value."""
    from moto.stepfunctions.parser.asl.parse.asl_parser import (  # noqa: PLC0415 - nothing of moto at import
        AmazonStateLanguageParser,
    )

    plain = json.dumps(json.loads(text), ensure_ascii=False, separators=(",", ":"))
    try:
        return AmazonStateLanguageParser.parse(plain)[0]
    except Exception as error:  # moto's parser and components raise errors of many types
        raise _invalid(f"{type(error).__name__}: {error}") from error


def _read_document(text: str) -> dict[str, Any]:
    if (size := len(text.encode())) > asl.DEFINITION_LIMIT:
        raise _invalid(f"the definition has {size} bytes, {asl.DEFINITION_LIMIT} are allowed")
    try:
        document = json.loads(text)
    except ValueError as error:
        raise _invalid(f"INVALID_JSON_DESCRIPTION: {error}") from error
    if not isinstance(document, dict):
        raise _invalid("INVALID_JSON_DESCRIPTION: a definition is a JSON object")
    return document


def _invalid(problem: str) -> ApiError:
    return ApiError("InvalidDefinition", f"Invalid State Machine Definition: '{problem}'")


def _find_problems(scope: Mapping[str, Any], path: str) -> Iterator[str]:
    """Yield the problems of one StartAt with its States: the whole definition, a branch, or the processor of a Map."""
    states = scope.get("States")
    start = scope.get("StartAt")
    if not isinstance(states, dict) or not all(isinstance(state, dict) for state in states.values()):
        yield f"SCHEMA_VALIDATION_FAILED: States must be an object of states at {path}/States"
        return
    if start not in states:
        yield f"MISSING_TRANSITION_TARGET: there is no state {start!r} at {path}/StartAt"
    if scope.get("QueryLanguage") == "JSONata":
        yield f"{JSONATA} at {path or '/'}"
    reachable = {start}
    for name, state in states.items():
        state_path = f"{path}/States/{name}"
        targets = [target for _, target in list_transitions(state)]
        reachable.update(targets)
        yield from (
            f"MISSING_TRANSITION_TARGET: there is no state {target!r} at {state_path}"
            for target in targets
            if target not in states
        )
        yield from _find_state_problems(state, state_path)
    yield from (
        f"MISSING_TRANSITION_TARGET: state {name!r} is not reachable at {path}/States/{name}"
        for name in states
        if name not in reachable
    )


def _find_state_problems(state: Mapping[str, Any], path: str) -> Iterator[str]:
    kind = state.get("Type")
    if kind == "Choice":
        if "Next" in state or "End" in state:
            yield f"SCHEMA_VALIDATION_FAILED: a Choice takes neither Next nor End at {path}"
    elif kind not in asl.ENDING_TYPES and ("Next" in state) == bool(state.get("End")):
        yield f"SCHEMA_VALIDATION_FAILED: exactly one of Next and End is needed at {path}"
    if state.get("QueryLanguage") == "JSONata" or "Assign" in state:
        yield f"{JSONATA} at {path}"
    yield from _find_resource_problems(state.get("Resource", ""), path)
    for field, scope in list_inner_scopes(state):
        yield from _find_problems(scope, f"{path}/{field}")


def _find_resource_problems(resource: str, path: str) -> Iterator[str]:
    try:
        find_operation(resource)
    except UnknownTask as error:
        yield f"{error} at {path}/Resource"
        return
    action = resource.rpartition(":")[2].removesuffix(".sync")
    if ":sagemaker:" in resource and action in OTHER_ACTIONS:
        yield f"{OTHER_ACTIONS[action]} jobs cannot run on this computer yet at {path}/Resource"
