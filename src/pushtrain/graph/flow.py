"""A definition -> boxes and arrows. Pure. Knows nothing of drawing.

A state inside a Parallel or Map becomes a box like any other: names are unique in a definition.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from pushtrain.catalog.job_fields import count_instances, is_spot, list_instance_types, read_image, read_instances
from pushtrain.catalog.job_kinds import find_started_kind
from pushtrain.graph.rules import Conditions, describe_rule, find_conditions
from pushtrain.workflow.definition import list_inner_scopes, list_transitions
from pushtrain.workflow.reuse import find_reuse_choices

BOX_KIND_BY_STATE_TYPE = {"Succeed": "end", "Fail": "failure", "Choice": "choice", "Parallel": "fork", "Map": "loop"}
OTHERWISE_LABEL, YES_LABEL, ERROR_LABEL = "otherwise", "yes", "on error"
REUSED_LINE = "or an earlier result"
EXTRA_WAIT_LABEL = "extra wait"  # the step waits for another one, but need not: see `workflow.order`
DASHED_LABELS = frozenset({ERROR_LABEL, EXTRA_WAIT_LABEL})


class Node(Struct, frozen=True, kw_only=True):
    """One box. `lines` stand below the name.

    `kind`: training, processing, task, choice, fork (a Parallel state), loop (a Map state), end, failure or pass.
    """

    name: str
    kind: str
    lines: tuple[str, ...] = ()


class Edge(Struct, frozen=True, kw_only=True):
    """One arrow. `label` is the condition for it, empty if there is none."""

    source: str
    target: str
    label: str = ""


class Flow(Struct, frozen=True, kw_only=True):
    """The boxes and arrows of a workflow. The first node is the start."""

    title: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def build_flow(
    definition: Mapping[str, Any],
    *,
    with_details: bool = False,
    extra_waits: Mapping[str, Iterable[str]] = MappingProxyType({}),
) -> Flow:
    """Return the main path of a workflow: its steps, choices and ends. A step that may be reused is one box.

    `with_details`: also its failures and the states that only pass values on, look for earlier jobs or begin branches.
    `extra_waits` are the steps that a step waits for although it need not; their arrows are labelled.
    """
    nodes, edges = _read_states(definition, find_conditions(definition), None)
    flow = Flow(title=definition.get("Comment", ""), nodes=tuple(nodes), edges=tuple(dict.fromkeys(edges)))
    if with_details:
        return flow
    main_path = _select_main_path(_merge_reuse(flow, find_reuse_choices(definition)))
    return _label_extra_waits(main_path, extra_waits)


def _read_states(
    scope: Mapping[str, Any], conditions: Conditions, following: list[str] | None
) -> tuple[list[Node], list[Edge]]:
    """Return boxes and arrows of one StartAt and its States.

    The ends of a branch lead to the states `following`; it is None for the workflow itself.
    """
    states = scope["States"]
    start = scope["StartAt"]
    order = [start, *(name for name in states if name != start)]
    nodes: list[Node] = []
    edges: list[Edge] = []
    for name in order:
        state = states[name]
        ends_here = bool(state.get("End")) or state["Type"] == "Succeed"
        targets = (following or []) if ends_here else [target for _, target in list_transitions(state, "Next")]
        nodes.append(_build_node(name, state, conditions, is_last=ends_here and following is None))
        inner_scopes = list_inner_scopes(state)
        for _, inner_scope in inner_scopes:
            inner_nodes, inner_edges = _read_states(inner_scope, conditions, targets)
            nodes += inner_nodes
            edges += [Edge(source=name, target=inner_scope["StartAt"]), *inner_edges]
        edges += [Edge(source=name, target=target) for target in targets if not inner_scopes]
        edges += _list_labelled_edges(name, state)
    return nodes, edges


def _build_node(name: str, state: Mapping[str, Any], conditions: Conditions, *, is_last: bool) -> Node:
    kind = BOX_KIND_BY_STATE_TYPE.get(state["Type"], "task" if state["Type"] == "Task" else "pass")
    if kind == "end" and not is_last:
        return Node(name=name, kind="pass")
    if job_kind := find_started_kind(state.get("Resource", "")):
        return Node(name=name, kind=job_kind.name, lines=tuple(_describe_job(state["Parameters"])))
    if kind == "choice":
        rules = [describe_rule(rule, conditions) for rule in state["Choices"]]
        marks = [f"{number}: " if len(rules) > 1 else "" for number in range(1, len(rules) + 1)]
        lines = (f"{mark}{line}" for mark, rule in zip(marks, rules, strict=True) for line in rule)
        return Node(name=name, kind=kind, lines=tuple(lines))
    if kind == "task":
        return Node(name=name, kind=kind, lines=(state.get("Resource", "").rpartition(":::")[2],))
    if state["Type"] == "Map":
        return Node(name=name, kind=kind, lines=("for each item",))
    return Node(name=name, kind="end" if kind == "pass" and is_last else kind)


def _describe_job(request: Mapping[str, Any]) -> Iterator[str]:
    """Yield the image of a job, then each kind of its instances: `ml.g5.xlarge × 2 · spot`."""
    if image := read_image(request):
        yield image.rpartition("/")[2]
    instances = read_instances(request)
    for group in instances.get("InstanceGroups") or (instances,):
        spot = " · spot" if is_spot(request) else ""
        types = " or ".join(list_instance_types(group)) or "?"
        yield f"{types} × {count_instances(group) or '?'}{spot}"


def _list_labelled_edges(name: str, state: Mapping[str, Any]) -> Iterator[Edge]:
    """Yield the arrows for Choices, Default and Catch."""
    choices = list_transitions(state, "Choices")
    for number, (_, target) in enumerate(choices, 1):
        yield Edge(source=name, target=target, label=str(number) if len(choices) > 1 else YES_LABEL)
    for _, target in list_transitions(state, "Default"):
        yield Edge(source=name, target=target, label=OTHERWISE_LABEL)
    for _, target in list_transitions(state, "Catch"):
        yield Edge(source=name, target=target, label=ERROR_LABEL)


def _merge_reuse(flow: Flow, choices: Mapping[str, tuple[str, str]]) -> Flow:
    """Draw a step that may be reused as one box: remove the Choice before it, and the state that takes a job over."""
    steps = {choice: step for choice, (_, step) in choices.items()}
    removed = {*choices, *(reused for reused, _ in choices.values())}
    nodes = (
        replace(node, lines=(*node.lines, REUSED_LINE)) if node.name in steps.values() else node
        for node in flow.nodes
        if node.name not in removed
    )
    edges = (
        replace(edge, target=steps.get(edge.target, edge.target)) for edge in flow.edges if edge.source not in removed
    )
    return replace(flow, nodes=tuple(nodes), edges=tuple(edges))


def _select_main_path(flow: Flow) -> Flow:
    """Remove failures, choices and passes with one target left, and forks: the arrows to them lead to their targets.

    A step that waits for capacity goes back to itself through such states. It has no arrow to itself.
    """
    kinds = {node.name: node.kind for node in flow.nodes}
    own_loops = {edge for edge in flow.edges if edge.source == edge.target}
    edges = [edge for edge in flow.edges if kinds[edge.target] != "failure"]
    for node in flow.nodes:
        targets = list(dict.fromkeys(edge.target for edge in edges if edge.source == node.name))
        has_one_target = node.kind in {"choice", "pass"} and len(targets) == 1
        ends_branch = node.kind == "pass" and not targets
        is_plain_fork = node.kind == "fork" and not any(edge.source == node.name and edge.label for edge in edges)
        if (has_one_target or ends_branch or is_plain_fork) and node.name not in targets:
            edges = [edge for edge in edges if edge.source != node.name]
            edges = [
                replace(edge, target=target)
                for edge in edges
                for target in (targets if edge.target == node.name else [edge.target])
            ]
            kinds[node.name] = "removed"
    edges = [edge for edge in edges if edge.source != edge.target or edge in own_loops]
    nodes = [node for node in flow.nodes if kinds[node.name] not in {"removed", "failure"}]
    start = _find_start(flow, {node.name for node in nodes})
    nodes.sort(key=lambda node: node.name != start)
    return replace(flow, nodes=tuple(nodes), edges=tuple(dict.fromkeys(edges)))


def _label_extra_waits(flow: Flow, extra_waits: Mapping[str, Iterable[str]]) -> Flow:
    """Label the arrows that only say that a step waits although it need not."""
    arrows = {(earlier, step) for step, steps in extra_waits.items() for earlier in steps}
    edges = (
        replace(edge, label=EXTRA_WAIT_LABEL) if (edge.source, edge.target) in arrows and not edge.label else edge
        for edge in flow.edges
    )
    return replace(flow, edges=tuple(edges))


def _find_start(flow: Flow, remaining: set[str]) -> str:
    """Return the first of the remaining boxes along the arrows from the start."""
    waiting, visited = [flow.nodes[0].name], set[str]()
    while waiting:
        name = waiting.pop(0)
        if name in remaining:
            return name
        visited.add(name)
        waiting += [edge.target for edge in flow.edges if edge.source == name and edge.target not in visited]
    return flow.nodes[0].name
