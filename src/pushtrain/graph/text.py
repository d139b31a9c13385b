"""A Flow as text that other tools draw: Mermaid (GitHub, GitLab, wikis) and Graphviz DOT. Pure."""

from __future__ import annotations

from pushtrain.graph.flow import Flow, Node

MERMAID_SHAPES = {"choice": '{{{{"{}"}}}}', "end": '(["{}"])', "failure": '(["{}"])', "fork": '[["{}"]]'}
DOT_SHAPES = {"choice": "hexagon", "end": "oval", "failure": "oval", "fork": "parallelogram"}


def write_mermaid(flow: Flow) -> str:
    """A Mermaid flowchart, top to bottom."""
    ids = {node.name: f"n{index}" for index, node in enumerate(flow.nodes)}
    lines = ["flowchart TD"]
    for node in flow.nodes:
        shape = MERMAID_SHAPES.get(node.kind, '["{}"]')
        lines.append(f"  {ids[node.name]}{shape.format('<br/>'.join(_mermaid(text) for text in _texts(node)))}")
    for edge in flow.edges:
        label = f'|"{_mermaid(edge.label)}"|' if edge.label else ""
        lines.append(f"  {ids[edge.source]} -->{label} {ids[edge.target]}")
    return "\n".join(lines) + "\n"


def write_dot(flow: Flow) -> str:
    """A Graphviz digraph, top to bottom."""
    lines = [f"digraph {_dot(flow.title)} {{", "  rankdir=TB", '  node [shape=box, fontname="sans-serif"]']
    for node in flow.nodes:
        shape = f", shape={DOT_SHAPES[node.kind]}" if node.kind in DOT_SHAPES else ""
        lines.append(f"  {_dot(node.name)} [label={_dot(chr(10).join(_texts(node)))}{shape}]")
    for edge in flow.edges:
        label = f" [label={_dot(edge.label)}]" if edge.label else ""
        lines.append(f"  {_dot(edge.source)} -> {_dot(edge.target)}{label}")
    return "\n".join([*lines, "}"]) + "\n"


def _texts(node: Node) -> tuple[str, ...]:
    return node.name, *node.lines


def _mermaid(text: str) -> str:
    """Entities in Mermaid's way: `#` and a code."""
    return "".join(f"#{ord(char)};" if char in '"#<>&;`' else char for char in text)


def _dot(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
