"""Inline SVG of a few kinds of charts. Pure: numbers and words in, markup out; every word is escaped.

Colours are classes of the page's style sheet, so that light, dark and print have their own. A chart names itself by
title and desc for who cannot see it; the page gives the values beside it as a table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from pushtrain.report.scale import choose_ticks, format_tick

WIDTH, HEIGHT = 360, 244
LEFT, RIGHT, TOP, BOTTOM = 46, 12, 26, 38
Points = Sequence[tuple[float, float]]


@dataclass(frozen=True, kw_only=True)
class Chart:
    """What to draw, and in which words.

    `unit` pins both axes to 0..1, `whole` numbers the lower one by whole numbers, `zero` draws a line at 0, `bounds` at
    others; points whose x is in `marked` stand out.
    """

    name: str
    title: str
    summary: str
    x_label: str
    y_label: str
    points: Points
    draw_line: bool = True
    draw_dots: bool = False
    unit_axes: bool = False
    diagonal: bool = False
    zero_line: bool = False
    highlighted: frozenset[float] = frozenset()
    bounds: Sequence[float] = ()
    integer_x: bool = False


@dataclass(frozen=True)
class Axes:
    """Where a number lies in the picture."""

    xs: Sequence[float]
    ys: Sequence[float]

    def x(self, value: float) -> float:
        """Pixels from the left."""
        share = (value - self.xs[0]) / (self.xs[-1] - self.xs[0])
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    def y(self, value: float) -> float:
        """Pixels from the top."""
        share = (value - self.ys[0]) / (self.ys[-1] - self.ys[0])
        return round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM), 1)


def draw(chart: Chart) -> Markup:
    """The chart as an `svg` element."""
    axes = _axes(chart)
    parts = [_grid(axes, chart), _guides(axes, chart), _line(axes, chart), _dots(axes, chart)]
    head = Markup(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-labelledby="{}-t {}-d">'
        '<title id="{}-t">{}</title><desc id="{}-d">{}</desc>'
    ).format(WIDTH, HEIGHT, *[chart.name] * 3, chart.title, chart.name, chart.summary)
    return head + Markup("").join(parts) + Markup("</svg>")


def _axes(chart: Chart) -> Axes:
    if chart.unit_axes:
        return Axes((0, 0.25, 0.5, 0.75, 1), (0, 0.25, 0.5, 0.75, 1))
    across = [x for x, _ in chart.points]
    up = [y for _, y in chart.points] + list(chart.bounds) + ([0.0] if chart.zero_line else [])
    xs = choose_ticks(min(across), max(across))
    if chart.integer_x:
        xs = _whole(xs, round(max(across)))
    return Axes(xs, choose_ticks(min(up), max(up)))


def _whole(xs: Sequence[float], last: int) -> tuple[int, ...]:
    """From 1 to the last there is; a tick that would stand in its number is left out."""
    if last <= 1:
        return (0, 1, 2)
    room = (xs[1] - xs[0]) / 2
    return tuple(sorted({1, last} | {round(x) for x in xs if 1 < x <= last - room}))


def _grid(axes: Axes, chart: Chart) -> Markup:
    """Lines at the ticks of the upward axis, numbers at both, and what the axes are."""
    right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM
    row = Markup('<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}"/><text class="up" x="{}" y="{}">{}</text>')
    rows = [row.format(LEFT, right, *[axes.y(y)] * 2, LEFT - 6, axes.y(y) + 4, format_tick(y)) for y in axes.ys]
    column = Markup('<text class="across" x="{}" y="{}">{}</text>')
    columns = [column.format(axes.x(x), bottom + 16, format_tick(x)) for x in axes.xs]
    name = Markup('<text class="axis" x="{}" y="{}">{}</text>').format((LEFT + right) / 2, HEIGHT - 4, chart.x_label)
    up = Markup('<text class="axis-up" x="0" y="12">{}</text>').format(chart.y_label)
    return Markup("").join([*rows, *columns, name, *([up] if chart.y_label != chart.title else [])])


def _guides(axes: Axes, chart: Chart) -> Markup:
    """The bound of a gate, the line of no residual, or that of a guess."""
    flat = Markup('<line class="guide" x1="{}" x2="{}" y1="{}" y2="{}"/>')
    levels = [*chart.bounds, *([0.0] if chart.zero_line else [])]
    lines = [flat.format(LEFT, WIDTH - RIGHT, axes.y(level), axes.y(level)) for level in levels]
    if chart.diagonal:
        lines.append(flat.format(axes.x(0), axes.x(1), axes.y(0), axes.y(1)))
    return Markup("").join(lines)


def _line(axes: Axes, chart: Chart) -> Markup:
    if not chart.draw_line:
        return Markup("")
    path = " ".join(f"{axes.x(x):g},{axes.y(y):g}" for x, y in chart.points)
    return Markup('<polyline class="line" points="{}"/>').format(path)


def _dots(axes: Axes, chart: Chart) -> Markup:
    if not chart.draw_dots:
        return Markup("")
    dot = Markup('<circle class="{}" cx="{}" cy="{}" r="{}"/>')
    kind, small = ("dot", 3) if chart.draw_line else ("dot alone", 2)
    return Markup("").join(
        dot.format(
            "mark" if x in chart.highlighted else kind, axes.x(x), axes.y(y), 5 if x in chart.highlighted else small
        )
        for x, y in chart.points
    )
