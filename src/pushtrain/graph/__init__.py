"""A definition as a drawing: Mermaid, Graphviz DOT, or an SVG that needs no other file. Pure."""

from collections.abc import Callable, Mapping

from pushtrain.graph.flow import Flow, build_flow
from pushtrain.graph.svg import write_svg
from pushtrain.graph.text import write_dot, write_mermaid

FORMATS: Mapping[str, Callable[[Flow], str]] = {"mermaid": write_mermaid, "dot": write_dot, "svg": write_svg}

__all__ = ["FORMATS", "Flow", "build_flow", "write_dot", "write_mermaid", "write_svg"]
