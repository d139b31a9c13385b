"""Which objects of data changed, counted from two listings."""

from __future__ import annotations

import pytest

from pushtrain.reuse import ListedObject, compare_listings

EARLIER = (("a", 1, "x"), ("b", 2, "y"), ("같은", 3, "z"))


@pytest.mark.parametrize(
    ("now", "text"),
    [
        ((*EARLIER, ("c", 1, "x")), "1 object added"),
        (EARLIER[:1], "2 objects removed"),
        ((("a", 1, "other"), ("b", 3, "y"), EARLIER[2]), "2 objects changed"),
        ((("a", 1, "other"), ("new", 1, "n"), EARLIER[2]), "1 object added, 1 removed, 1 changed"),
        ([(f"f{number:05}", 1, "x") for number in range(1200)], "1,200 objects added, 3 removed"),
        ((), "3 objects removed"),
    ],
)
def test_each_object_is_counted_once(now: tuple[ListedObject, ...], text: str) -> None:
    assert str(compare_listings(EARLIER, now)) == text
