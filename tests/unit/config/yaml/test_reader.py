"""Bytes that are not a config.yaml: one clear error each, at once."""

from __future__ import annotations

import time

import pytest

from pushtrain.config.yaml.reader import MAX_BYTES, read_document
from pushtrain.config.yaml.tree import MAX_DEPTH, MAX_NODES
from pushtrain.errors import ConfigError

SOUND = b"model: churn\ntrain: {framework: pytorch 2.6}\n"


def read_problem(data: bytes) -> str:
    start = time.process_time()
    with pytest.raises(ConfigError) as raised:
        read_document(data)
    assert time.process_time() - start < 1
    (problem,) = raised.value.problems
    return str(problem)


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
        (SOUND + "# \u202e".encode(), "config.yaml:3  the file holds the control character U+202E. Remove it"),
        (SOUND + "x: a\u200bb".encode(), "U+200B"),
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
def test_files_that_cannot_be_read(data: bytes, expected: str) -> None:
    assert expected in read_problem(data)


def test_aliases_cannot_nest_deeper_than_text() -> None:
    chain = b"a0: &a0 [1]\n" + b"".join(b"a%d: &a%d [*a%d]\n" % (n, n, n - 1) for n in range(1, 30))
    assert f"nested more than {MAX_DEPTH} levels deep" in read_problem(chain)


def test_byte_order_mark_and_windows_line_ends_are_fine() -> None:
    plain, windows = read_document(SOUND), read_document(b"\xef\xbb\xbf" + SOUND.replace(b"\n", b"\r\n"))
    assert plain.tree == windows.tree == {"model": "churn", "train": {"framework": "pytorch 2.6"}}
    assert windows.mark.find(("train",)).line == 2
