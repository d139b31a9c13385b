"""A Flow as one SVG file that needs no other file: no font, script, style sheet or network. Pure.

It is made for slides: top to bottom, dark on white, and readable in print.
"""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Iterator, Mapping
from xml.sax.saxutils import escape

from pushtrain.graph.flow import DASHED_LABELS, Edge, Flow, Node
from pushtrain.graph.layout import Layout, Point, Size, lay_out

MARGIN, PADDING, LINE, HEAD = 28.0, 16.0, 18.0, 22.0
MIN_WIDTH, MAX_COLUMNS, CLIP_HEAD = 120.0, 56, 12  # pixels, columns of text, letters
NAME_COLUMN, LINE_COLUMN = 8.8, 7.2  # pixels for a column of the name, of the other lines
SLANT, ROUND = 14.0, 8.0
SIDE = 44.0  # pixels right of all boxes, for arrows that lead back
COLOURS = {  # fill, border
    "training": ("#dbeafe", "#1d4ed8"),
    "processing": ("#ecfdf5", "#047857"),
    "task": ("#f8fafc", "#475569"),
    "pass": ("#f8fafc", "#94a3b8"),
    "fork": ("#f5f3ff", "#6d28d9"),
    "loop": ("#f5f3ff", "#6d28d9"),
    "choice": ("#fefce8", "#a16207"),
    "end": ("#ffffff", "#111827"),
    "failure": ("#fef2f2", "#b91c1c"),
}
STYLE = (
    'text{font-family:system-ui,-apple-system,"Segoe UI","Noto Sans","Noto Sans CJK KR",sans-serif;font-size:13px;'
    "fill:#334155}.name{font-size:15px;font-weight:600;fill:#0f172a}.title{font-size:17px;font-weight:600;fill:#0f172a}"
    ".arrow{fill:none;stroke:#475569;stroke-width:1.6}.dashed{stroke-dasharray:5 4}"
    ".label{paint-order:stroke;stroke:#fff;stroke-width:5px}"
)
TITLE = 34.0


def write_svg(flow: Flow) -> str:
    """Return the SVG document."""
    sizes = {node.name: _measure(node) for node in flow.nodes}
    layout = lay_out(sizes, list(dict.fromkeys((edge.source, edge.target) for edge in flow.edges)))
    moved = {name: (x + MARGIN, y + MARGIN + TITLE) for name, (x, y) in layout.boxes.items()}
    side = max(x + sizes[name][0] for name, (x, _) in moved.items())
    right = max(side + (SIDE if layout.back else 0), MARGIN + _count_columns(flow.title) * NAME_COLUMN * 1.15) + MARGIN
    bottom = max(y + sizes[name][1] for name, (_, y) in moved.items()) + MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="title" width="{right:.0f}" '
        f'height="{bottom:.0f}" viewBox="0 0 {right:.0f} {bottom:.0f}">',
        f'<title id="title">{escape(flow.title)}</title><style>{STYLE}</style>',
        '<defs><marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" '
        'orient="auto-start-reverse"><path d="M0 0L10 5L0 10z" fill="#475569"/></marker></defs>',
        '<rect width="100%" height="100%" fill="#fff"/>',
        f'<text class="title" x="{MARGIN}" y="{MARGIN + 8}">{escape(flow.title)}</text>',
        *(_draw_arrow(edge, moved, sizes, layout, side) for edge in flow.edges),
        *(part for node in flow.nodes for part in _draw_box(node, moved[node.name], sizes[node.name])),
        *(_draw_label(edge, moved, sizes, layout, side) for edge in flow.edges if edge.label),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _count_columns(text: str) -> int:
    """Return the columns that `text` takes: a wide letter, such as Hangul, takes two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _clip(text: str) -> str:
    """Return `text`; if it is too long, with `…` for its middle: similar names often differ at the end."""
    head, tail = text[:CLIP_HEAD], text[CLIP_HEAD:]
    while tail and _count_columns(head) + _count_columns(tail) > MAX_COLUMNS:
        tail = "…" + tail.removeprefix("…")[1:]
    return head + tail


def _measure(node: Node) -> Size:
    width = max(
        [
            _count_columns(_clip(node.name)) * NAME_COLUMN,
            *(_count_columns(_clip(line)) * LINE_COLUMN for line in node.lines),
        ]
    )
    slant = 2 * SLANT if node.kind == "choice" else 0
    return max(width + 2 * PADDING + slant, MIN_WIDTH), HEAD + len(node.lines) * LINE + PADDING


def _draw_box(node: Node, corner: Point, size: Size) -> Iterator[str]:
    (x, y), (width, height) = corner, size
    fill, border = COLOURS.get(node.kind, COLOURS["task"])
    paint = f'fill="{fill}" stroke="{border}" stroke-width="1.6"'
    middle = x + width / 2
    yield f"<g><title>{escape(' · '.join((node.name, *node.lines)))}</title>"
    if node.kind == "choice":
        across = (
            f"{x + SLANT} {y} {x + width - SLANT} {y} {x + width} {y + height / 2} {x + width - SLANT} {y + height}"
        )
        yield f'<polygon points="{across} {x + SLANT} {y + height} {x} {y + height / 2}" {paint}/>'
    else:
        radius = height / 2 if node.kind in {"end", "failure"} else ROUND
        yield f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="{radius}" {paint}/>'
    yield f'<text class="name" text-anchor="middle" x="{middle}" y="{y + HEAD + 2}">{escape(_clip(node.name))}</text>'
    for index, line in enumerate(node.lines, 1):
        below = y + HEAD + index * LINE + 2
        yield f'<text text-anchor="middle" x="{middle}" y="{below}">{escape(_clip(line))}</text>'
    yield "</g>"


def _draw_arrow(edge: Edge, boxes: Mapping[str, Point], sizes: Mapping[str, Size], layout: Layout, side: float) -> str:
    kind = "arrow dashed" if edge.label in DASHED_LABELS else "arrow"
    points = _list_points(edge, boxes, sizes, layout)
    if (edge.source, edge.target) in layout.back:
        (x, y), (u, v) = points
        route = f"M{x} {y}H{side + SIDE / 2}V{v}H{u}"
    else:
        route = f"M{points[0][0]} {points[0][1]}"
        for (x, y), (u, v) in itertools.pairwise(points):
            half = (v - y) / 2
            route += f"C{x} {y + half} {u} {v - half} {u} {v}"
    return f'<path class="{kind}" d="{route}" marker-end="url(#head)"/>'


def _list_points(edge: Edge, boxes: Mapping[str, Point], sizes: Mapping[str, Size], layout: Layout) -> list[Point]:
    """Return the points of an arrow: its beginning, bends and end."""
    (x, y), (width, height) = boxes[edge.source], sizes[edge.source]
    (u, v), (across, high) = boxes[edge.target], sizes[edge.target]
    if (edge.source, edge.target) in layout.back:
        return [(x + width, y + height / 2), (u + across, v + high / 2)]
    bends = [(bx + MARGIN, by + MARGIN + TITLE) for bx, by in layout.bends[edge.source, edge.target]]
    return [(x + width / 2, y + height), *bends, (u + across / 2, v)]


def _draw_label(edge: Edge, boxes: Mapping[str, Point], sizes: Mapping[str, Size], layout: Layout, side: float) -> str:
    """Return the condition of an arrow, halfway along its first part."""
    points = _list_points(edge, boxes, sizes, layout)
    (x, y), (u, v) = points[0], points[1]
    across = side + SIDE / 2 if (edge.source, edge.target) in layout.back else (x + u) / 2
    position = f'text-anchor="middle" x="{across}" y="{(y + v) / 2 + 4}"'
    return f'<text class="label" {position}>{escape(_clip(edge.label))}</text>'
