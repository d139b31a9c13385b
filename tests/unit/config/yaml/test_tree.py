"""The tree of a YAML text: merge keys, repeated keys, keys that are not text, and tags."""

from __future__ import annotations

import pytest

from pushtrain.config.yaml.reader import read_document
from pushtrain.config.yaml.tree import MAX_DEPTH, MAX_NODES, Document, StopReading, build_document


def list_messages(document: Document) -> list[str]:
    return [issue.message for issue in document.issues]


def test_anchors_and_merge_keys_are_expanded_with_their_own_keys_first() -> None:
    document = read_document(b"a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\nc:\n  <<: [{x: 9}, *a]\n")
    assert document.tree["b"] == {"x": 1, "y": 3}
    assert document.tree["c"] == {"x": 9, "y": 2}
    assert document.issues == ()


def test_a_merge_of_something_else_is_an_issue() -> None:
    assert list_messages(read_document(b"a: {<<: 5}")) == ["<< needs a mapping or a list of mappings"]


def test_every_duplicate_key_is_named_and_the_first_value_stays() -> None:
    document = read_document(b"a: 1\nb: 2\na: 3\nb: 4\n")
    assert [(issue.line, issue.message) for issue in document.issues] == [
        (3, "'a' is given twice (first on line 1)"),
        (4, "'b' is given twice (first on line 2)"),
    ]
    assert document.tree == {"a": 1, "b": 2}


@pytest.mark.parametrize("key", ["1", "1.5", "true", "~", "[a]", "{a: b}"])
def test_a_key_that_is_not_text(key: str) -> None:
    (message,) = list_messages(read_document(f"? {key}\n: 1\n".encode()))
    assert message.endswith("is not text. Quote it")


@pytest.mark.parametrize("tag", ["!!python/name:os.system", "!!int", "!secret", "!!binary"])
def test_tags_build_nothing(tag: str) -> None:
    document = read_document(f"x: {tag} abc".encode())
    assert "is not read" in list_messages(document)[0]
    assert document.tree == {"x": "abc"}


def test_control_characters_cannot_come_in_by_escapes() -> None:
    assert list_messages(read_document(b'x: "a\\0b"')) == ["the text holds the control character U+0000. Remove it"]
    assert list_messages(read_document(b'"a\\u202eb": 1')) == ["the text holds the control character U+202E. Remove it"]


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("\n" + "[" * (MAX_DEPTH + 1), f"values are nested more than {MAX_DEPTH} levels deep", 2),
        ("x: [" + "1," * (MAX_NODES + 1) + "]", f"the file holds more than {MAX_NODES:,} values", 1),
        ("", "the file is empty. It needs at least `prices:`", None),
        ("a: 1\n---\nb: 2\n", "a second document begins here. The file must hold exactly one", 2),
    ],
)
def test_reading_stops_at_a_limit(text: str, message: str, line: int | None) -> None:
    with pytest.raises(StopReading) as raised:
        build_document(text, "`prices:`")
    assert message in raised.value.message
    assert raised.value.line == line
