"""A definition -> boxes and arrows. Pure; knows states, not how they are drawn.

A state inside a Parallel or Map becomes a box like any other: names are unique in a definition.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pushtrain.catalog.job_kinds import read_image, read_instances
from pushtrain.graph.rules import Names, describe_rule, read_copies

JOBS = {"createTrainingJob.sync": "training", "createProcessingJob.sync": "processing"}
PLAIN = {"Succeed": "end", "Fail": "failure", "Choice": "choice", "Parallel": "fork", "Map": "fork"}
OTHERWISE, YES, FAILED = "otherwise", "yes", "on error"


@dataclass(frozen=True, kw_only=True)
class Node:
    """One box. `kind`: training, processing, task, choice, fork, end, failure, or pass; `lines` say more of it."""

    name: str
    kind: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Edge:
    """One arrow, with what must hold for it; empty for always."""

    source: str
    target: str
    label: str = ""


@dataclass(frozen=True, kw_only=True)
class Flow:
    """The drawing; the first node is where it starts."""

    title: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def build_flow(definition: Mapping[str, Any], *, with_details: bool = False) -> Flow:
    """The main way of a workflow; `with_details` also draws failures and what only hands values on."""
    nodes, edges = _machine(definition, read_copies(definition), ())
    flow = Flow(title=definition.get("Comment", ""), nodes=tuple(nodes), edges=tuple(dict.fromkeys(edges)))
    return flow if with_details else _main_way(flow)


def _machine(machine: Mapping[str, Any], names: Names, after: tuple[str, ...]) -> tuple[list[Node], list[Edge]]:
    """Boxes and arrows of one machine, whose ends lead to the states `after`."""
    states = machine["States"]
    order = [machine["StartAt"], *(name for name in states if name != machine["StartAt"])]
    nodes: list[Node] = []
    edges: list[Edge] = []
    for name in order:
        state = states[name]
        onward = after if state.get("End") else tuple(state[key] for key in ("Next",) if key in state)
        nodes.append(_node(name, state, names, last=not onward))
        inner = [*state.get("Branches", ()), *(state[key] for key in ("ItemProcessor", "Iterator") if key in state)]
        for one in inner:
            more = _machine(one, names, onward)
            nodes += more[0]
            edges += [Edge(source=name, target=one["StartAt"]), *more[1]]
        edges += [Edge(source=name, target=target) for target in onward if not inner]
        edges += _rules(name, state)
    return nodes, edges


def _node(name: str, state: Mapping[str, Any], names: Names, *, last: bool) -> Node:
    kind = PLAIN.get(state["Type"], "task" if state["Type"] == "Task" else "pass")
    integration = state.get("Resource", "").rpartition(":sagemaker:")[2]
    if integration in JOBS:
        return Node(name=name, kind=JOBS[integration], lines=tuple(_job(state["Parameters"])))
    if kind == "choice":
        rules = [describe_rule(rule, names) for rule in state["Choices"]]
        marks = [f"{at}: " if len(rules) > 1 else "" for at in range(1, len(rules) + 1)]
        lines = (f"{mark}{line}" for mark, rule in zip(marks, rules, strict=True) for line in rule)
        return Node(name=name, kind=kind, lines=tuple(lines))
    if kind == "task":
        return Node(name=name, kind=kind, lines=(state.get("Resource", "").rpartition(":::")[2],))
    if state["Type"] == "Map":
        return Node(name=name, kind=kind, lines=("for each item",))
    return Node(name=name, kind="end" if kind == "pass" and last else kind)


def _job(request: Mapping[str, Any]) -> Iterator[str]:
    """What a job runs, and on which machines."""
    if image := read_image(request):
        yield image.rpartition("/")[2]
    machines = read_instances(request)
    for group in machines.get("InstanceGroups") or (machines,):
        spot = " · spot" if request.get("EnableManagedSpotTraining") else ""
        yield f"{group.get('InstanceType', '?')} × {group.get('InstanceCount', '?')}{spot}"


def _rules(name: str, state: Mapping[str, Any]) -> Iterator[Edge]:
    rules = state.get("Choices", ())
    for at, rule in enumerate(rules, 1):
        yield Edge(source=name, target=rule["Next"], label=str(at) if len(rules) > 1 else YES)
    if "Default" in state:
        yield Edge(source=name, target=state["Default"], label=OTHERWISE)
    for catch in state.get("Catch", ()):
        yield Edge(source=name, target=catch["Next"], label=FAILED)


def _main_way(flow: Flow) -> Flow:
    """Without failures, and without choices and passes that are left with one way on: arrows lead past them."""
    kinds = {node.name: node.kind for node in flow.nodes}
    edges = [edge for edge in flow.edges if kinds[edge.target] != "failure"]
    for node in flow.nodes:
        onward = {edge.target for edge in edges if edge.source == node.name}
        if node.kind in {"choice", "pass"} and len(onward) == 1 and node.name not in onward:
            (target,) = onward
            edges = [edge for edge in edges if edge.source != node.name]
            edges = [replace(edge, target=target) if edge.target == node.name else edge for edge in edges]
            kinds[node.name] = "gone"
    nodes = [node for node in flow.nodes if kinds[node.name] not in {"gone", "failure"}]
    start = _start(flow, {node.name for node in nodes})
    nodes.sort(key=lambda node: node.name != start)
    return replace(flow, nodes=tuple(nodes), edges=tuple(dict.fromkeys(edges)))


def _start(flow: Flow, left: set[str]) -> str:
    """The first box that is left, along the arrows from where the flow starts."""
    waiting, seen = [flow.nodes[0].name], set[str]()
    while waiting:
        name = waiting.pop(0)
        if name in left:
            return name
        seen.add(name)
        waiting += [edge.target for edge in flow.edges if edge.source == name and edge.target not in seen]
    return flow.nodes[0].name
