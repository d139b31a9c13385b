"""Where boxes and arrows go: rows from top to bottom, each box as near as can be to those that lead to it. Pure.

In: sizes of boxes by name, arrows between them, the first box first. Out: Places. Arrows that would cross rows get a
thin place of their own in each, so that they lead around boxes; arrows that lead back are left to the drawing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter

Size = tuple[float, float]
Point = tuple[float, float]
Arrow = tuple[str, str]

ROW_GAP, BOX_GAP = 46.0, 32.0
THIN: Size = (14.0, 0.0)


@dataclass(frozen=True, kw_only=True)
class Places:
    """Left upper corner of each box; points that each forward arrow passes between its ends; arrows that lead back."""

    boxes: Mapping[str, Point]
    bends: Mapping[Arrow, tuple[Point, ...]]
    back: frozenset[Arrow]


def place(sizes: Mapping[str, Size], arrows: Sequence[Arrow]) -> Places:
    """All places; the leftmost box begins at 0, the first row at 0."""
    back = _back(list(sizes), arrows)
    forward = [arrow for arrow in arrows if arrow not in back]
    row = _rows(list(sizes), forward)
    sizes = dict(sizes)
    chains: dict[Arrow, list[str]] = {}
    for source, target in forward:
        between = range(row[source] + 1, row[target])
        chains[source, target] = [f"\0{source}\0{target}\0{at}" for at in between]
        for at, name in zip(between, chains[source, target], strict=True):
            sizes[name], row[name] = THIN, at
    links = [link for (a, b), chain in chains.items() for link in zip([a, *chain], [*chain, b], strict=True)]
    tops, middle = _tops(sizes, row), _middles(sizes, row, links)
    left = min(middle[name] - sizes[name][0] / 2 for name in sizes)
    corners = {name: (middle[name] - sizes[name][0] / 2 - left, tops[row[name]]) for name in sizes}
    bends = {
        arrow: tuple((corners[n][0] + THIN[0] / 2, corners[n][1]) for n in names) for arrow, names in chains.items()
    }
    return Places(boxes={name: at for name, at in corners.items() if name[:1] != "\0"}, bends=bends, back=back)


def _back(names: list[str], arrows: Sequence[Arrow]) -> frozenset[Arrow]:
    """Arrows that close a circle, found depth first."""
    onward: dict[str, list[str]] = {name: [b for a, b in arrows if a == name] for name in names}
    found, done = set[Arrow](), set[str]()
    for first in names:
        trail: list[tuple[str, list[str]]] = [(first, list(onward[first]))] if first not in done else []
        while trail:
            name, rest = trail[-1]
            if not rest:
                done.add(name)
                trail.pop()
                continue
            following = rest.pop(0)
            if any(following == each for each, _ in trail):
                found.add((name, following))
            elif following not in done:
                trail.append((following, list(onward[following])))
    return frozenset(found)


def _rows(names: list[str], arrows: Sequence[Arrow]) -> dict[str, int]:
    """Return the row of each box, from 0: the length of the longest way that leads to it."""
    before = {name: [a for a, b in arrows if b == name] for name in names}
    row: dict[str, int] = {}
    for name in TopologicalSorter(before).static_order():
        row[name] = max((row[source] + 1 for source in before[name]), default=0)
    return row


def _tops(sizes: Mapping[str, Size], row: Mapping[str, int]) -> list[float]:
    heights = [max(sizes[name][1] for name in row if row[name] == at) for at in range(max(row.values()) + 1)]
    return [sum(heights[:at]) + ROW_GAP * at for at in range(len(heights))]


def _middles(sizes: Mapping[str, Size], row: Mapping[str, int], links: Sequence[Arrow]) -> dict[str, float]:
    """Where each box has its middle: under the boxes before it, moved as far apart as they need."""
    middle: dict[str, float] = {}
    for at in range(max(row.values()) + 1):
        here = [name for name in sizes if row[name] == at]
        before = {name: [middle[a] for a, b in links if b == name] for name in here}
        wish = {name: sum(found) / len(found) if found else 0.0 for name, found in before.items()}
        here.sort(key=lambda name: wish[name])
        edge, shift = float("-inf"), 0.0
        for name in here:
            half = sizes[name][0] / 2
            middle[name] = max(wish[name], edge + half)
            edge = middle[name] + half + BOX_GAP
            shift += (middle[name] - wish[name]) / len(here)
        for name in here:
            middle[name] -= shift
    return middle
