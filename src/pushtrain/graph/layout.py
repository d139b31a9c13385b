"""Positions of boxes and arrows: rows from top to bottom, each box close to the boxes that lead to it. Pure.

In: sizes of boxes by name, and arrows between them; the first box is the start. Out: a Layout, in pixels. In each row
that a forward arrow crosses, it gets a thin box of its own, as high as the row, so that it leads around the others.
Arrows that lead back have no bends.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from graphlib import TopologicalSorter

from msgspec import Struct

Size = tuple[float, float]  # width, height
Point = tuple[float, float]  # x, y
Arrow = tuple[str, str]  # source, target

ROW_GAP, BOX_GAP = 46.0, 32.0
THIN: Size = (14.0, 0.0)


class Layout(Struct, frozen=True, kw_only=True):
    """Upper left corner of each box; points between the ends of each forward arrow; arrows that lead back."""

    boxes: Mapping[str, Point]
    bends: Mapping[Arrow, tuple[Point, ...]]
    back: frozenset[Arrow]


def lay_out(sizes: Mapping[str, Size], arrows: Sequence[Arrow]) -> Layout:
    """Return the layout. The leftmost box begins at x = 0, the first row at y = 0."""
    back = _find_back_arrows(list(sizes), arrows)
    forward = [arrow for arrow in arrows if arrow not in back]
    rows = _assign_rows(list(sizes), forward)
    chains = {arrow: _name_thin_boxes(arrow, rows) for arrow in forward}
    all_sizes, all_rows = dict(sizes), dict(rows)
    for (source, _), names in chains.items():
        for row, name in enumerate(names, rows[source] + 1):
            all_sizes[name], all_rows[name] = THIN, row
    links = [link for (a, b), names in chains.items() for link in zip([a, *names], [*names, b], strict=True)]
    tops, middles = _compute_tops(all_sizes, all_rows), _compute_middles(all_sizes, all_rows, links)
    left = min(middles[name] - all_sizes[name][0] / 2 for name in all_sizes)
    corners = {name: (middles[name] - all_sizes[name][0] / 2 - left, tops[all_rows[name]]) for name in all_sizes}
    heights = _compute_heights(all_sizes, all_rows)
    bends = {
        arrow: tuple(
            (corners[name][0] + THIN[0] / 2, y)
            for name in names
            for y in (corners[name][1], corners[name][1] + heights[all_rows[name]])
        )
        for arrow, names in chains.items()
    }
    return Layout(boxes={name: corners[name] for name in sizes}, bends=bends, back=back)


def _name_thin_boxes(arrow: Arrow, rows: Mapping[str, int]) -> list[str]:
    """Return one name for each row between the arrow's ends. No state has such a name: it begins with a NUL."""
    source, target = arrow
    return [f"\0{source}\0{target}\0{row}" for row in range(rows[source] + 1, rows[target])]


def _find_back_arrows(names: list[str], arrows: Sequence[Arrow]) -> frozenset[Arrow]:
    """Return the arrows that close a cycle, by depth-first search."""
    targets: dict[str, list[str]] = {name: [b for a, b in arrows if a == name] for name in names}
    back, finished = set[Arrow](), set[str]()
    for first in names:
        trail: list[tuple[str, list[str]]] = [(first, list(targets[first]))] if first not in finished else []
        while trail:
            name, open_targets = trail[-1]
            if not open_targets:
                finished.add(name)
                trail.pop()
                continue
            target = open_targets.pop(0)
            if any(target == visited for visited, _ in trail):
                back.add((name, target))
            elif target not in finished:
                trail.append((target, list(targets[target])))
    return frozenset(back)


def _assign_rows(names: list[str], arrows: Sequence[Arrow]) -> dict[str, int]:
    """Return the row of each box, from 0: the length of the longest path that leads to it."""
    sources = {name: [a for a, b in arrows if b == name] for name in names}
    rows: dict[str, int] = {}
    for name in TopologicalSorter(sources).static_order():
        rows[name] = max((rows[source] + 1 for source in sources[name]), default=0)
    return rows


def _compute_heights(sizes: Mapping[str, Size], rows: Mapping[str, int]) -> list[float]:
    """Return the height of each row: that of its highest box."""
    return [max(sizes[name][1] for name in rows if rows[name] == row) for row in range(max(rows.values()) + 1)]


def _compute_tops(sizes: Mapping[str, Size], rows: Mapping[str, int]) -> list[float]:
    """Return the y of each row."""
    heights = _compute_heights(sizes, rows)
    return [sum(heights[:row]) + ROW_GAP * row for row in range(len(heights))]


def _compute_middles(sizes: Mapping[str, Size], rows: Mapping[str, int], links: Sequence[Arrow]) -> dict[str, float]:
    """Return the x of each box's middle: below the boxes that lead to it, but apart from its neighbours."""
    middles: dict[str, float] = {}
    for row in range(max(rows.values()) + 1):
        names = [name for name in sizes if rows[name] == row]
        sources = {name: [middles[a] for a, b in links if b == name] for name in names}
        ideal = {name: sum(xs) / len(xs) if xs else 0.0 for name, xs in sources.items()}
        names.sort(key=lambda name: ideal[name])
        edge, shift = float("-inf"), 0.0
        for name in names:
            half = sizes[name][0] / 2
            middles[name] = max(ideal[name], edge + half)
            edge = middles[name] + half + BOX_GAP
            shift += (middles[name] - ideal[name]) / len(names)
        for name in names:
            middles[name] -= shift
    return middles
