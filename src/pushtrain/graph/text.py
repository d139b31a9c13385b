"""A Flow as text for other tools: Mermaid (GitHub, GitLab, wikis) and Graphviz DOT. Pure."""

from __future__ import annotations

from pushtrain.graph.flow import DASHED_LABELS, Flow, Node

MERMAID_SHAPES = {
    "choice": '{{{{"{}"}}}}',
    "end": '(["{}"])',
    "failure": '(["{}"])',
    "fork": '[["{}"]]',
    "loop": '[["{}"]]',
}
DOT_SHAPES = {"choice": "hexagon", "end": "oval", "failure": "oval", "fork": "parallelogram", "loop": "parallelogram"}


def write_mermaid(flow: Flow) -> str:
    """Return a Mermaid flowchart, top to bottom."""
    ids = {node.name: f"n{index}" for index, node in enumerate(flow.nodes)}
    lines = ["flowchart TD"]
    for node in flow.nodes:
        shape = MERMAID_SHAPES.get(node.kind, '["{}"]')
        lines.append(
            f"  {ids[node.name]}{shape.format('<br/>'.join(_escape_mermaid(text) for text in _list_texts(node)))}"
        )
    for edge in flow.edges:
        label = f'|"{_escape_mermaid(edge.label)}"|' if edge.label else ""
        arrow = "-.->" if edge.label in DASHED_LABELS else "-->"
        lines.append(f"  {ids[edge.source]} {arrow}{label} {ids[edge.target]}")
    return "\n".join(lines) + "\n"


def write_dot(flow: Flow) -> str:
    """Return a Graphviz digraph, top to bottom."""
    lines = [f"digraph {_quote_dot(flow.title)} {{", "  rankdir=TB", '  node [shape=box, fontname="sans-serif"]']
    for node in flow.nodes:
        shape = f", shape={DOT_SHAPES[node.kind]}" if node.kind in DOT_SHAPES else ""
        lines.append(f"  {_quote_dot(node.name)} [label={_quote_dot(chr(10).join(_list_texts(node)))}{shape}]")
    for edge in flow.edges:
        style = ", style=dashed" if edge.label in DASHED_LABELS else ""
        label = f" [label={_quote_dot(edge.label)}{style}]" if edge.label else ""
        lines.append(f"  {_quote_dot(edge.source)} -> {_quote_dot(edge.target)}{label}")
    return "\n".join([*lines, "}"]) + "\n"


def _list_texts(node: Node) -> tuple[str, ...]:
    return node.name, *node.lines


def _escape_mermaid(text: str) -> str:
    """Escape text as Mermaid does: `#`, the code of the letter, `;`."""
    return "".join(f"#{ord(char)};" if char in '"#<>&;`' else char for char in text)


def _quote_dot(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
