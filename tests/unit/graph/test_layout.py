"""Boxes do not overlap, and arrows lead downwards."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from pushtrain.graph.layout import lay_out


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
