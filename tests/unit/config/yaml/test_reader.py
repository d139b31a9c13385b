"""Bytes that are no config.yaml: one clear error each, at once."""

from __future__ import annotations

import time
from datetime import date

import pytest
from pydantic import ValidationError

from pushtrain.config.model import Section
from pushtrain.config.validation_errors import explain_errors
from pushtrain.config.yaml.reader import MAX_BYTES, read_document
from pushtrain.config.yaml.tree import MAX_DEPTH, MAX_NODES, Document
from pushtrain.errors import ConfigError

SOUND = b"model: churn\ntrain: {framework: pytorch 2.6}\n"


def fault(data: bytes) -> str:
    begin = time.process_time()
    with pytest.raises(ConfigError) as raised:
        read_document(data)
    assert time.process_time() - begin < 1
    (problem,) = raised.value.problems
    return str(problem)


def messages(document: Document) -> list[str]:
    return [issue.message for issue in document.issues]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (
            b"a" * (MAX_BYTES + 1),
            "config.yaml  the file has 262,145 bytes; at most 262,144 are allowed. Put data into separate files",
        ),
        (SOUND.decode().encode("utf-16"), "is UTF-16. Save it as UTF-8"),
        (SOUND.decode().encode("utf-32"), "is UTF-32. Save it as UTF-8"),
        (SOUND.decode().encode("utf-16-le"), "U+0000"),
        (SOUND + b"# caf\xe9\n", "config.yaml:3  byte 0xe9 is not UTF-8"),
        (SOUND + b"x: \0", "config.yaml:3  the file holds the control character U+0000"),
        (SOUND + b"x: \x1b[31m", "U+001B"),
        (b"", "the file is empty"),
        (b"~", "the file is empty"),
        (b"churn", "holds a single value"),
        (b"model: &m [*m]", "config.yaml:1  the alias *m needs an anchor &m above it"),
        (b"model: *other", "the alias *other needs an anchor &other above it"),
        (b"x: " + b"[" * 100_000, f"nested more than {MAX_DEPTH} levels deep"),
        (b"- " * 100_000, f"nested more than {MAX_DEPTH} levels deep"),
        (b"? " * 100_000, f"nested more than {MAX_DEPTH} levels deep"),
        (b"x: [" + b"1," * (MAX_NODES + 1) + b"]", f"more than {MAX_NODES:,} values"),
        (
            b"x: &a [" + b"1," * 900 + b"]\ny: [" + b"*a," * 20 + b"]",
            f"config.yaml:2  the file holds more than {MAX_NODES:,}",
        ),
        (b"'" * 200_001, "config.yaml:1  this quote is never closed"),
        (b"model: churn\n\ttrain: x\n", "config.yaml:2  found a tab; only spaces are allowed here"),
        (b"model: a: b\n", "config.yaml:1  this line has a second `: `"),
    ],
)
def test_what_cannot_be_read(data: bytes, expected: str) -> None:
    assert expected in fault(data)


def test_aliases_cannot_nest_deeper_than_text() -> None:
    chain = b"a0: &a0 [1]\n" + b"".join(b"a%d: &a%d [*a%d]\n" % (n, n, n - 1) for n in range(1, 30))
    assert f"nested more than {MAX_DEPTH} levels deep" in fault(chain)


def test_byte_order_mark_and_windows_line_ends_are_fine() -> None:
    plain, windows = read_document(SOUND), read_document(b"\xef\xbb\xbf" + SOUND.replace(b"\n", b"\r\n"))
    assert plain.tree == windows.tree == {"model": "churn", "train": {"framework": "pytorch 2.6"}}
    assert windows.mark.find(("train",)).line == 2


def test_anchors_and_merge_keys_are_expanded_with_their_own_keys_first() -> None:
    document = read_document(b"a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\nc:\n  <<: [{x: 9}, *a]\n")
    assert document.tree["b"] == {"x": 1, "y": 3}
    assert document.tree["c"] == {"x": 9, "y": 2}
    assert document.issues == ()


def test_a_merge_of_something_else_is_said() -> None:
    assert messages(read_document(b"a: {<<: 5}")) == ["<< needs a mapping or a list of mappings"]


def test_every_duplicate_key_is_named_and_the_first_value_stays() -> None:
    document = read_document(b"a: 1\nb: 2\na: 3\nb: 4\n")
    assert [(issue.line, issue.message) for issue in document.issues] == [
        (3, "'a' is given twice (first on line 1)"),
        (4, "'b' is given twice (first on line 2)"),
    ]
    assert document.tree == {"a": 1, "b": 2}


@pytest.mark.parametrize("key", ["1", "1.5", "true", "~", "[a]", "{a: b}"])
def test_a_key_that_is_not_text(key: str) -> None:
    (message,) = messages(read_document(f"? {key}\n: 1\n".encode()))
    assert message.endswith("is not text. Quote it")


@pytest.mark.parametrize("tag", ["!!python/name:os.system", "!!int", "!secret", "!!binary"])
def test_tags_build_nothing(tag: str) -> None:
    document = read_document(f"x: {tag} abc".encode())
    assert "is not read" in messages(document)[0]
    assert document.tree == {"x": "abc"}


def test_control_characters_cannot_come_in_by_escapes() -> None:
    assert messages(read_document(b'x: "a\\0b"')) == ["the text holds the control character U+0000. Remove it"]


def test_marks_know_lines_and_what_was_written() -> None:
    mark = read_document(b"a:\n  - 1\n  -\n    b: 2.10\n").mark
    assert mark.find(("a", 1, "b")).line == 4
    assert mark.find(("a", 1, "b")).text == "2.10"
    assert mark.find(("a", 7)).line == 1
    assert mark.has(("a", 0))
    assert not mark.has(("a", 7))


def test_what_no_words_are_known_for_is_still_said() -> None:
    class Visit(Section):
        day: date

    document = read_document(b"day: soon\n")
    with pytest.raises(ValidationError) as raised:
        Visit.model_validate(document.tree)
    (found,) = explain_errors(raised.value, document.mark, Visit)
    assert found.message == "the text 'soon' is not valid here"
