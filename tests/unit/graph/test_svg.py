"""The SVG is one file that needs no other."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from pushtrain.graph import Flow, write_svg
from pushtrain.graph.flow import Edge, Node

SVG = "{http://www.w3.org/2000/svg}"

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


def texts(drawing: str) -> list[str]:
    return ["".join(found.itertext()) for found in ET.fromstring(drawing).iter(f"{SVG}text")]  # noqa: S314 - ours


def test_an_svg_is_one_sound_file_that_asks_for_nothing() -> None:
    drawing = write_svg(ODD)
    assert {'반복 & <b>"', 'a "b"', "<고르기>", "ml.g5.xlarge × 2"} <= set(texts(drawing))
    assert drawing.count("http") == drawing.count('xmlns="http://www.w3.org/2000/svg"') == 1
    assert not any(word in drawing for word in ("<script", "<image", "@import", "href", "<foreignObject"))


def test_what_is_too_long_keeps_how_it_begins_and_ends_and_is_whole_in_its_title() -> None:
    drawing = write_svg(ODD)
    (shown,) = [text for text in texts(drawing) if text.startswith("not: ")]
    assert shown.endswith("x ≥ 0.9")
    assert "…" in shown
    assert f"not: {'x' * 90} ≥ 0.9</title>" in drawing
