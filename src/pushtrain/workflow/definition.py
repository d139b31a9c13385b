"""Walks a definition: the states of each scope, the scopes inside a state, and the transitions between states. Pure.

A scope is one StartAt with its States: the definition itself, a branch of a Parallel state, or the processor of a Map
state. A transition stays in its scope. In: a scope or a state as plain values. Values of a wrong type are skipped, so
that the checks of a definition can report them.
Source: https://states-language.net/spec.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal, NamedTuple

State = Mapping[str, Any]
Edges = Mapping[str, set[str]]  # name of a state -> names of the states that can come next

TransitionKind = Literal["Next", "Default", "Choices", "Catch"]
TRANSITION_KINDS: tuple[TransitionKind, ...] = ("Next", "Default", "Choices", "Catch")


class Transition(NamedTuple):
    """One way out of a state. `field` says where the state names its target: `Next`, `Choices[0].Next`."""

    field: str
    target: str


class InnerScope(NamedTuple):
    """A scope inside a Parallel or Map state. `field` says where the state has it: `Branches[0]`, `ItemProcessor`."""

    field: str
    scope: Any


def iterate_states(scope: object) -> Iterator[tuple[str, Any]]:
    """Yield (name, state) for each state of a scope, then for those inside its Parallel and Map states."""
    states = scope.get("States") if isinstance(scope, Mapping) else None
    if isinstance(states, Mapping):
        yield from states.items()
        for state in states.values():
            for _, inner_scope in list_inner_scopes(state):
                yield from iterate_states(inner_scope)


def list_inner_scopes(state: object) -> list[InnerScope]:
    """Return the branches of a Parallel state, or the processor of a Map state. Other states have no inner scopes."""
    if not isinstance(state, Mapping):
        return []
    if state.get("Type") == "Parallel":
        branches = _select_list(state.get("Branches"))
        return [InnerScope(f"Branches[{index}]", branch) for index, branch in enumerate(branches)]
    if state.get("Type") == "Map":
        return [InnerScope(field, state[field]) for field in ("ItemProcessor", "Iterator") if field in state]
    return []


def list_transitions(state: State, *kinds: TransitionKind) -> list[Transition]:
    """Return the ways out of a state by `kinds`, in their order. Without `kinds`: by all of TRANSITION_KINDS."""
    present = (kind for kind in kinds or TRANSITION_KINDS if kind in state)
    fields = (field for kind in present for field in _list_target_fields(state, kind))
    return [Transition(field, target) for field, target in fields if isinstance(target, str)]


def map_edges(states: Mapping[str, State]) -> dict[str, set[str]]:
    """Return, for each state of one scope, the names of the states that can come next."""
    return {name: {transition.target for transition in list_transitions(state)} for name, state in states.items()}


def find_reachable(sources: Iterable[str], edges: Edges) -> set[str]:
    """Return the names that can be reached along `edges` from `sources`, these included."""
    reachable: set[str] = set()
    waiting = list(sources)
    while waiting:
        name = waiting.pop()
        if name not in reachable:
            reachable.add(name)
            waiting.extend(edges.get(name, ()))
    return reachable


def _list_target_fields(state: State, kind: TransitionKind) -> Iterator[tuple[str, object]]:
    """Yield (field, what it holds) for each field of a kind that names a target."""
    if kind in ("Next", "Default"):
        yield kind, state.get(kind)
    else:
        for index, rule in enumerate(_select_list(state.get(kind))):
            if isinstance(rule, Mapping):
                yield f"{kind}[{index}].Next", rule.get("Next")


def _select_list(value: object) -> list[Any] | tuple[Any, ...]:
    return value if isinstance(value, list | tuple) else []
