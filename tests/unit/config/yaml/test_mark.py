"""The lines of values, found by their paths."""

from __future__ import annotations

from pushtrain.config.yaml.mark import Mark
from pushtrain.config.yaml.reader import read_document

MARK = read_document(b"a:\n  - 1\n  -\n    b: 2.10\n").mark


def test_a_value_has_its_line_and_its_text() -> None:
    assert MARK.find(("a", 1, "b")).line == 4
    assert MARK.find(("a", 1, "b")).text == "2.10"


def test_a_missing_path_has_the_line_of_the_section_around_it() -> None:
    assert MARK.find(("a", 7)).line == 1
    assert MARK.has(("a", 0))
    assert not MARK.has(("a", 7))


def test_a_leaf_has_no_keys_inside_it() -> None:
    assert MARK.is_leaf(("a", 1, "b"))
    assert not MARK.is_leaf(("a", 1))
    assert not Mark(line=1).is_leaf(("a",))
