"""Mermaid and DOT."""

from __future__ import annotations

from pushtrain.graph import Flow, write_dot, write_mermaid
from pushtrain.graph.flow import Edge, Node

ODD = Flow(
    title='반복 & <b>"',
    nodes=(
        Node(name='a "b"', kind="training", lines=("ml.g5.xlarge × 2", "back\\slash")),
        Node(name="<고르기>", kind="choice", lines=("not: " + "x" * 90 + " ≥ 0.9",)),
        Node(name="done", kind="end"),
    ),
    edges=(
        Edge(source='a "b"', target="<고르기>"),
        Edge(source="<고르기>", target='a "b"', label="1"),
        Edge(source="<고르기>", target="done", label="on error"),
    ),
)


def test_mermaid_and_dot_escape_what_they_would_read() -> None:
    assert write_mermaid(ODD).splitlines() == [
        "flowchart TD",
        '  n0["a #34;b#34;<br/>ml.g5.xlarge × 2<br/>back\\slash"]',
        f'  n1{{{{"#60;고르기#62;<br/>not: {"x" * 90} ≥ 0.9"}}}}',
        '  n2(["done"])',
        "  n0 --> n1",
        '  n1 -->|"1"| n0',
        '  n1 -.->|"on error"| n2',
    ]
    assert write_dot(ODD).splitlines()[0] == 'digraph "반복 & <b>\\"" {'
    assert '  "a \\"b\\"" [label="a \\"b\\"\\nml.g5.xlarge × 2\\nback\\\\slash"]' in write_dot(ODD).splitlines()
