"""The routes between states: every target exists, every state is reached and reaches an end. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pushtrain.catalog.suggest import did_you_mean


def find_route_problems(start: object, states: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Yield the problems of the routes from `start`. `states` maps name to state."""
    targets = {name: dict(_list_targets(state)) for name, state in states.items()}
    for name, target_by_field in targets.items():
        for field, target in target_by_field.items():
            if target not in states:
                yield f"{name!r}: {field} leads to {target!r}, which is no state{did_you_mean(target, states)}"
    if not isinstance(start, str) or start not in states:
        yield f"StartAt is {start!r}, which is no state{did_you_mean(str(start), states)}"
        return
    edges = {name: set(target_by_field.values()) for name, target_by_field in targets.items()}
    reached = _find_reachable({start}, edges)
    ending = _find_reachable({name for name, state in states.items() if _is_end(state)}, _reverse(edges))
    yield from (f"{name!r}: no state leads here" for name in states if name not in reached)
    yield from (f"{name!r}: no end of the run can be reached from here" for name in states if name not in ending)


def _list_targets(state: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield (field, name of the next state) for each way out of `state`."""
    for field in ("Next", "Default"):
        if isinstance(state.get(field), str):
            yield field, state[field]
    for field in ("Choices", "Catch"):
        rules = state.get(field)
        for index, rule in enumerate(rules if isinstance(rules, list | tuple) else ()):
            if isinstance(rule, Mapping) and isinstance(rule.get("Next"), str):
                yield f"{field}[{index}].Next", rule["Next"]


def _is_end(state: Mapping[str, Any]) -> bool:
    return state.get("Type") in ("Succeed", "Fail") or "End" in state


def _reverse(edges: Mapping[str, set[str]]) -> dict[str, set[str]]:
    reversed_edges: dict[str, set[str]] = {}
    for name, targets in edges.items():
        for target in targets:
            reversed_edges.setdefault(target, set()).add(name)
    return reversed_edges


def _find_reachable(sources: set[str], edges: Mapping[str, set[str]]) -> set[str]:
    """Return the names that can be reached from `sources`, these included."""
    reachable: set[str] = set()
    waiting = list(sources)
    while waiting:
        name = waiting.pop()
        if name not in reachable:
            reachable.add(name)
            waiting.extend(edges.get(name, ()))
    return reachable
