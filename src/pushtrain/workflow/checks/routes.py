"""The routes between states: every target exists, every state is reached and reaches an end. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pushtrain.catalog import asl
from pushtrain.catalog.suggest import did_you_mean
from pushtrain.workflow.definition import Edges, find_reachable, list_transitions


def find_route_problems(start: object, states: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Yield the problems of the routes from `start`. `states` maps name to state."""
    transitions = {name: list_transitions(state) for name, state in states.items()}
    for name, ways_out in transitions.items():
        for field, target in ways_out:
            if target not in states:
                yield f"{name!r}: {field} leads to {target!r}, which is no state{did_you_mean(target, states)}"
    if not isinstance(start, str) or start not in states:
        yield f"StartAt is {start!r}, which is no state{did_you_mean(str(start), states)}"
        return
    edges = {name: {transition.target for transition in ways_out} for name, ways_out in transitions.items()}
    reached = find_reachable([start], edges)
    ending = find_reachable([name for name, state in states.items() if _is_end(state)], _reverse(edges))
    yield from (f"{name!r}: no state leads here" for name in states if name not in reached)
    yield from (f"{name!r}: no end of the run can be reached from here" for name in states if name not in ending)


def _is_end(state: Mapping[str, Any]) -> bool:
    return state.get("Type") in asl.ENDING_TYPES or "End" in state


def _reverse(edges: Edges) -> Edges:
    reversed_edges: dict[str, set[str]] = {}
    for name, targets in edges.items():
        for target in targets:
            reversed_edges.setdefault(target, set()).add(name)
    return reversed_edges
