"""A whole definition against AWS's rules. Pure.

In: a definition as plain values. Out: every problem, each with the name of its state. Not checked, because only AWS
knows them: roles, quotas, and the fields that Step Functions leaves out of a service's API.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from pushtrain.catalog import asl
from pushtrain.catalog.suggest import did_you_mean
from pushtrain.errors import TemplateError
from pushtrain.workflow.checks.routes import find_route_problems
from pushtrain.workflow.checks.state import find_state_problems
from pushtrain.workflow.definition import iterate_states, list_inner_scopes

_TOP_FIELDS = frozenset({"Comment", "StartAt", "States", "Version", "TimeoutSeconds", "QueryLanguage"})
_INNER_FIELDS = frozenset({"Comment", "StartAt", "States", "ProcessorConfig", "QueryLanguage"})


def check_definition(definition: Mapping[str, Any]) -> None:
    """Raise TemplateError, with every problem, if AWS would refuse `definition`."""
    if problems := find_definition_problems(definition):
        lines = "\n".join(f"  {problem}" for problem in problems)
        raise TemplateError(f"the template built a definition that AWS would refuse:\n{lines}")


def find_definition_problems(definition: Mapping[str, Any]) -> list[str]:
    """Return every problem of `definition`: size, fields, expressions, requests and routes between states."""
    problems = [*_find_size_problems(definition), *_find_scope_problems(definition, "", _TOP_FIELDS)]
    names = Counter(name for name, _ in iterate_states(definition))
    twice = sorted(str(name) for name, count in names.items() if count > 1)
    return [*problems, *(f"{name!r}: two states have this name; it must be unique in the definition" for name in twice)]


def _find_size_problems(definition: Mapping[str, Any]) -> Iterator[str]:
    try:
        text = json.dumps(definition, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError) as error:
        yield f"the definition is no JSON: {error}"
        return
    if (size := len(text.encode("utf-8", "surrogatepass"))) >= asl.DEFINITION_LIMIT:
        yield f"the definition has {size} bytes; AWS takes less than {asl.DEFINITION_LIMIT}"


def _find_scope_problems(scope: object, prefix: str, fields: frozenset[str]) -> Iterator[str]:
    """Yield the problems of a scope. `prefix` begins each of them: `'both': Branches[0]: `."""
    states = scope.get("States") if isinstance(scope, Mapping) else None
    if not isinstance(scope, Mapping) or not isinstance(states, Mapping) or not states:
        yield f"{prefix}States must be a mapping of at least one state"
        return
    for field in sorted(scope.keys() - fields, key=str):
        yield f"{prefix}no field {field!r} here{did_you_mean(str(field), fields)}"
    if scope.get("QueryLanguage", "JSONPath") != "JSONPath":
        yield f"{prefix}QueryLanguage: JSONata cannot be checked here; write it with JSONPath"
    for name, state in states.items():
        if len(str(name)) > asl.NAME_LIMIT:
            yield f"{prefix}{name!r}: a state's name has at most {asl.NAME_LIMIT} characters, this one {len(str(name))}"
        if isinstance(state, Mapping):
            yield from (f"{prefix}{name!r}: {problem}" for problem in find_state_problems(state))
            yield from _find_inner_problems(state, f"{prefix}{name!r}: ")
        else:
            yield f"{prefix}{name!r}: a state must be a mapping, not {state!r}"
    mappings = {name: state for name, state in states.items() if isinstance(state, Mapping)}
    yield from (f"{prefix}{problem}" for problem in find_route_problems(scope.get("StartAt"), mappings))


def _find_inner_problems(state: Mapping[str, Any], prefix: str) -> Iterator[str]:
    inner_scopes = list_inner_scopes(state)
    if state.get("Type") == "Parallel" and not inner_scopes:
        yield f"{prefix}a Parallel state needs Branches, a list of at least one"
    if state.get("Type") == "Map" and len(inner_scopes) != 1:
        yield f"{prefix}a Map state needs ItemProcessor"
    for field, scope in inner_scopes:
        yield from _find_scope_problems(scope, f"{prefix}{field}: ", _INNER_FIELDS)
