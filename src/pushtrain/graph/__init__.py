"""Drawings of a workflow, from its definition: Mermaid, Graphviz DOT, or an SVG that needs nothing else. Pure."""

from collections.abc import Callable, Mapping

from pushtrain.graph.flow import Flow, flow_of
from pushtrain.graph.svg import svg
from pushtrain.graph.text import dot, mermaid

FORMATS: Mapping[str, Callable[[Flow], str]] = {"mermaid": mermaid, "dot": dot, "svg": svg}

__all__ = ["FORMATS", "Flow", "dot", "flow_of", "mermaid", "svg"]
