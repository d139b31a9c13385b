"""A whole definition against AWS's rules, before anything is created. Pure.

In: a definition as plain values. Out: every problem of it, each naming its state. What AWS alone can tell (roles,
quotas, the fields its optimised integrations take) stays unknown here.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from pushtrain.catalog import asl
from pushtrain.catalog.suggest import did_you_mean
from pushtrain.errors import TemplateError
from pushtrain.workflow.check_state import find_state_problems

_TOP_FIELDS = frozenset({"Comment", "StartAt", "States", "Version", "TimeoutSeconds", "QueryLanguage"})
_INNER_FIELDS = frozenset({"Comment", "StartAt", "States", "ProcessorConfig", "QueryLanguage"})

States = Mapping[str, Mapping[str, Any]]


def check_definition(definition: Mapping[str, Any]) -> None:
    """Raise TemplateError, listing every problem, unless AWS would take `definition` as far as can be known here."""
    if problems := find_definition_problems(definition):
        lines = "\n".join(f"  {problem}" for problem in problems)
        raise TemplateError(f"the template built a definition that AWS would refuse:\n{lines}")


def find_definition_problems(definition: Mapping[str, Any]) -> list[str]:
    """Return every problem of `definition`: graph, fields, expressions, requests, size. Empty when it is sound."""
    problems = [*_size(definition), *_machine(definition, "", _TOP_FIELDS)]
    names = Counter(name for scope in iterate_states(definition) for name in scope)
    twice = sorted(str(name) for name, count in names.items() if count > 1)
    return [*problems, *(f"{name!r}: two states have this name; it must be unique in the definition" for name in twice)]


def _size(definition: Mapping[str, Any]) -> Iterator[str]:
    try:
        text = json.dumps(definition, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError) as error:
        yield f"the definition is no JSON: {error}"
        return
    if (size := len(text.encode("utf-8", "surrogatepass"))) >= asl.DEFINITION_LIMIT:
        yield f"the definition has {size} bytes; AWS takes less than {asl.DEFINITION_LIMIT}"


def _machine(machine: object, at: str, fields: frozenset[str]) -> Iterator[str]:
    """Problems of one StartAt and its States: the definition itself, a branch of Parallel, the processor of Map."""
    if not isinstance(machine, Mapping) or not isinstance(machine.get("States"), Mapping) or not machine["States"]:
        yield f"{at}States must be a mapping of at least one state"
        return
    for field in sorted(machine.keys() - fields, key=str):
        yield f"{at}no field {field!r} here{did_you_mean(str(field), fields)}"
    if machine.get("QueryLanguage", "JSONPath") != "JSONPath":
        yield f"{at}QueryLanguage: JSONata cannot be checked here; write it with JSONPath"
    states = machine["States"]
    for name, state in states.items():
        where = f"{at}{name!r}: "
        if len(str(name)) > asl.NAME_LIMIT:
            yield f"{where}a state's name has at most {asl.NAME_LIMIT} characters, this one {len(str(name))}"
        if isinstance(state, Mapping):
            yield from (f"{where}{text}" for text in (*find_state_problems(state), *_ending(state)))
            yield from _inner(state, where)
        else:
            yield f"{where}a state must be a mapping, not {state!r}"
    yield from (f"{at}{text}" for text in _graph(machine.get("StartAt"), _mappings(states)))


def _ending(state: Mapping[str, Any]) -> Iterator[str]:
    """Each state but Choice, Succeed and Fail says either Next or End."""
    if state.get("Type") in ("Choice", "Succeed", "Fail"):
        return
    if ("Next" in state) == ("End" in state):
        found = "both" if "Next" in state else "neither"
        yield f"needs Next or End; it has {found}"


def _graph(start: object, states: States) -> Iterator[str]:
    """Every target exists, every state is reached from StartAt and reaches an end."""
    targets = {name: dict(_targets(state)) for name, state in states.items()}
    for name, found in targets.items():
        for field, target in found.items():
            if target not in states:
                yield f"{name!r}: {field} leads to {target!r}, which is no state{did_you_mean(target, states)}"
    if not isinstance(start, str) or start not in states:
        yield f"StartAt is {start!r}, which is no state{did_you_mean(str(start), states)}"
        return
    onward = {name: set(found.values()) for name, found in targets.items()}
    reached = _closure({start}, onward)
    ending = _closure({name for name, state in states.items() if _ends(state)}, _reversed(onward))
    yield from (f"{name!r}: no state leads here" for name in states if name not in reached)
    yield from (f"{name!r}: no end of the run can be reached from here" for name in states if name not in ending)


def _reversed(edges: Mapping[str, set[str]]) -> dict[str, set[str]]:
    backward: dict[str, set[str]] = {}
    for name, nexts in edges.items():
        for target in nexts:
            backward.setdefault(target, set()).add(name)
    return backward


def _ends(state: Mapping[str, Any]) -> bool:
    return state.get("Type") in ("Succeed", "Fail") or "End" in state


def _targets(state: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield (field, name of a state) for each way out of `state`."""
    for field in ("Next", "Default"):
        if isinstance(state.get(field), str):
            yield field, state[field]
    for group in ("Choices", "Catch"):
        rules = state.get(group)
        for index, rule in enumerate(rules if isinstance(rules, list | tuple) else ()):
            if isinstance(rule, Mapping) and isinstance(rule.get("Next"), str):
                yield f"{group}[{index}].Next", rule["Next"]


def _closure(begin: set[str], edges: Mapping[str, set[str]]) -> set[str]:
    seen: set[str] = set()
    waiting = list(begin)
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting.extend(edges.get(name, ()))
    return seen


def _machines(state: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    """Yield (field, machine) for what a Parallel or Map state runs inside."""
    branches = state.get("Branches")
    if state.get("Type") == "Parallel":
        yield from ((f"Branches[{i}]", b) for i, b in enumerate(branches if isinstance(branches, list | tuple) else ()))
    if state.get("Type") == "Map":
        yield from ((field, state[field]) for field in ("ItemProcessor", "Iterator") if field in state)


def _inner(state: Mapping[str, Any], where: str) -> Iterator[str]:
    machines = list(_machines(state))
    if state.get("Type") == "Parallel" and not machines:
        yield f"{where}a Parallel state needs Branches, a list of at least one"
    if state.get("Type") == "Map" and len(machines) != 1:
        yield f"{where}a Map state needs ItemProcessor"
    for field, machine in machines:
        yield from _machine(machine, f"{where}{field}: ", _INNER_FIELDS)


def iterate_states(machine: object) -> Iterator[States]:
    """Yield the States of `machine` and of every machine within it."""
    if isinstance(machine, Mapping) and isinstance(machine.get("States"), Mapping):
        yield machine["States"]
        for state in _mappings(machine["States"]).values():
            for _, inner in _machines(state):
                yield from iterate_states(inner)


def _mappings(states: Mapping[str, Any]) -> States:
    return {name: state for name, state in states.items() if isinstance(state, Mapping)}
