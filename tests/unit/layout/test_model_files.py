"""Keys of a model: what a key is of, read back from it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pushtrain import layout
from tests.layout_keys import KEYS

OTHERS = ("", *KEYS.values())


def test_the_problems_of_a_push_name_its_model_and_its_revision() -> None:
    assert layout.parse_problems_key(KEYS["build_problems_key"]) == ("churn", "3f1c9a")
    assert [key for key in OTHERS if layout.parse_problems_key(key)] == [KEYS["build_problems_key"]]


@pytest.mark.parametrize(
    ("is_key", "name"),
    [
        (layout.is_source_key, "build_source_key"),
        (layout.is_listing_key, "build_listing_key"),
        (layout.is_unfinished_key, "build_unfinished_key"),
    ],
)
def test_a_key_is_of_one_kind(is_key: Callable[[str], bool], name: str) -> None:
    assert [key for key in OTHERS if is_key(key)] == [KEYS[name]]
