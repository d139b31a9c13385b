"""Charts as SVG."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from pushtrain.report.chart import Chart, draw

POINTS = ((1.0, 0.5), (2.0, 0.7), (3.0, 0.9))


def svg(**changes: object) -> str:
    values = {"name": "c", "title": "loss", "summary": "3 values", "x_label": "epoch", "y_label": "loss"}
    return str(draw(Chart(**{**values, "points": POINTS, **changes})))  # type: ignore[arg-type]


def test_a_chart_is_well_formed_and_named_for_screen_readers() -> None:
    root = ET.fromstring(svg())  # noqa: S314 - our own document
    assert root.attrib["aria-labelledby"] == "c-t c-d"
    assert [child.text for child in root][:2] == ["loss", "3 values"]


def test_texts_of_users_are_escaped() -> None:
    assert "<script>" not in svg(title="<script>", y_label="<script>")


def test_higher_values_lie_higher() -> None:
    match = re.search(r'points="([^"]+)"', svg())
    assert match is not None
    heights = [float(point.split(",")[1]) for point in match[1].split()]
    assert heights == sorted(heights, reverse=True)


def test_an_approved_version_stands_out() -> None:
    assert svg(draw_dots=True, highlighted=frozenset({2.0})).count('class="mark"') == 1


def test_a_bound_and_the_zero_line_are_guides() -> None:
    assert svg(bounds=(0.6,), zero_line=True).count('class="guide"') == 2


def test_the_last_integer_of_the_axis_is_labelled() -> None:
    labels = re.findall(r'class="across"[^>]*>([^<]+)<', svg(integer_x=True))
    assert (labels[0], labels[-1]) == ("1", "3")
