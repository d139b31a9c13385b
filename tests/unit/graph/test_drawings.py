"""Drawings of a flow: what stands in the files, and that nothing lies on anything else."""

from __future__ import annotations

import itertools
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from pushtrain.graph import Flow, write_dot, write_mermaid, write_svg
from pushtrain.graph.flow import Edge, Node
from pushtrain.graph.layout import lay_out

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


def test_mermaid_and_dot_escape_what_they_would_read() -> None:
    assert write_mermaid(ODD).splitlines() == [
        "flowchart TD",
        '  n0["a #34;b#34;<br/>ml.g5.xlarge × 2<br/>back\\slash"]',
        f'  n1{{{{"#60;고르기#62;<br/>not: {"x" * 90} ≥ 0.9"}}}}',
        '  n2(["done"])',
        "  n0 --> n1",
        '  n1 -->|"1"| n0',
        '  n1 -->|"on error"| n2',
    ]
    assert write_dot(ODD).splitlines()[0] == 'digraph "반복 & <b>\\"" {'
    assert '  "a \\"b\\"" [label="a \\"b\\"\\nml.g5.xlarge × 2\\nback\\\\slash"]' in write_dot(ODD).splitlines()


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=16))
def test_boxes_never_lie_on_each_other_and_rows_follow_the_arrows(pairs: list[tuple[int, int]]) -> None:
    sizes = {str(number): (80.0 + 30 * number, 40.0) for number in range(8)}
    arrows = list(dict.fromkeys((str(a), str(b)) for a, b in pairs))
    places = lay_out(sizes, arrows)
    for one, other in itertools.combinations(sizes, 2):
        (x, y), (u, v) = places.boxes[one], places.boxes[other]
        assert y + 40 <= v or v + 40 <= y or x + sizes[one][0] <= u or u + sizes[other][0] <= x
    for a, b in arrows:
        assert (a, b) in places.back or places.boxes[a][1] < places.boxes[b][1]
    assert min(y for _, y in places.boxes.values()) == 0
