"""Draw line and scatter charts as inline SVG. Pure: numbers and texts in, escaped markup out.

Colours are CSS classes, so light, dark and print have their own. Each chart has a title and a desc for screen readers;
the page also shows the values as a table.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup
from msgspec import Struct

from pushtrain.report.scale import choose_ticks, format_tick

WIDTH, HEIGHT = 360, 244
LEFT, RIGHT, TOP, BOTTOM = 46, 12, 26, 38
Points = Sequence[tuple[float, float]]


class Chart(Struct, frozen=True, kw_only=True):
    """What to draw, with the texts to use.

    `unit_axes` fixes both axes to 0..1. `integer_x` labels the x axis with integers. `zero_line` draws a line at 0,
    `bounds` lines at other values. Points whose x is in `highlighted` stand out.
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


class Axes(Struct, frozen=True):
    """Convert values to pixels. `xs` and `ys` are the tick values of the axes."""

    xs: Sequence[float]
    ys: Sequence[float]

    def x(self, value: float) -> float:
        """Return the distance from the left in pixels."""
        share = (value - self.xs[0]) / (self.xs[-1] - self.xs[0])
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    def y(self, value: float) -> float:
        """Return the distance from the top in pixels."""
        share = (value - self.ys[0]) / (self.ys[-1] - self.ys[0])
        return round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM), 1)


def draw(chart: Chart) -> Markup:
    """Return the chart as an `svg` element."""
    axes = _choose_axes(chart)
    parts = [_draw_grid(axes, chart), _draw_guides(axes, chart), _draw_line(axes, chart), _draw_dots(axes, chart)]
    head = Markup(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-labelledby="{}-t {}-d">'
        '<title id="{}-t">{}</title><desc id="{}-d">{}</desc>'
    ).format(WIDTH, HEIGHT, *[chart.name] * 3, chart.title, chart.name, chart.summary)
    return head + Markup("").join(parts) + Markup("</svg>")


def _choose_axes(chart: Chart) -> Axes:
    if chart.unit_axes:
        return Axes((0, 0.25, 0.5, 0.75, 1), (0, 0.25, 0.5, 0.75, 1))
    x_values = [x for x, _ in chart.points]
    y_values = [y for _, y in chart.points] + list(chart.bounds) + ([0.0] if chart.zero_line else [])
    xs = choose_ticks(min(x_values), max(x_values))
    if chart.integer_x:
        xs = _choose_integer_ticks(xs, round(max(x_values)))
    return Axes(xs, choose_ticks(min(y_values), max(y_values)))


def _choose_integer_ticks(xs: Sequence[float], last: int) -> tuple[int, ...]:
    """Return integers from 1 to the last; a tick whose label would overlap the last one is left out."""
    if last <= 1:
        return (0, 1, 2)
    min_gap = (xs[1] - xs[0]) / 2
    return tuple(sorted({1, last} | {round(x) for x in xs if 1 < x <= last - min_gap}))


def _draw_grid(axes: Axes, chart: Chart) -> Markup:
    """Draw the horizontal grid lines, the tick labels and the axis labels."""
    right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM
    row = Markup('<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}"/><text class="up" x="{}" y="{}">{}</text>')
    rows = [row.format(LEFT, right, *[axes.y(y)] * 2, LEFT - 6, axes.y(y) + 4, format_tick(y)) for y in axes.ys]
    column = Markup('<text class="across" x="{}" y="{}">{}</text>')
    columns = [column.format(axes.x(x), bottom + 16, format_tick(x)) for x in axes.xs]
    x_label = Markup('<text class="axis" x="{}" y="{}">{}</text>').format((LEFT + right) / 2, HEIGHT - 4, chart.x_label)
    y_label = Markup('<text class="axis-up" x="0" y="12">{}</text>').format(chart.y_label)
    return Markup("").join([*rows, *columns, x_label, *([y_label] if chart.y_label != chart.title else [])])


def _draw_guides(axes: Axes, chart: Chart) -> Markup:
    """Draw the gate's bounds, the zero line, or the diagonal of a random guess."""
    guide = Markup('<line class="guide" x1="{}" x2="{}" y1="{}" y2="{}"/>')
    levels = [*chart.bounds, *([0.0] if chart.zero_line else [])]
    lines = [guide.format(LEFT, WIDTH - RIGHT, axes.y(level), axes.y(level)) for level in levels]
    if chart.diagonal:
        lines.append(guide.format(axes.x(0), axes.x(1), axes.y(0), axes.y(1)))
    return Markup("").join(lines)


def _draw_line(axes: Axes, chart: Chart) -> Markup:
    if not chart.draw_line:
        return Markup("")
    path = " ".join(f"{axes.x(x):g},{axes.y(y):g}" for x, y in chart.points)
    return Markup('<polyline class="line" points="{}"/>').format(path)


def _draw_dots(axes: Axes, chart: Chart) -> Markup:
    if not chart.draw_dots:
        return Markup("")
    dot = Markup('<circle class="{}" cx="{}" cy="{}" r="{}"/>')
    kind, radius = ("dot", 3) if chart.draw_line else ("dot alone", 2)
    return Markup("").join(
        dot.format(
            "mark" if x in chart.highlighted else kind, axes.x(x), axes.y(y), 5 if x in chart.highlighted else radius
        )
        for x, y in chart.points
    )
