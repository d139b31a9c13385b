"""Documents with a schema number: written, read back, and refused with a reason."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from pushtrain.record.document import read_document, write_document


@dataclass(frozen=True)
class Note:
    text: str
    pages: tuple[int, ...] = ()


def test_a_document_is_read_back_as_it_was_written() -> None:
    document = write_document(Note("나무", (1, 2)), 3)
    assert document == '{"pages": [1, 2], "schema": 3, "text": "나무"}'
    assert read_document(Note, document, 3) == Note("나무", (1, 2))


def test_members_of_a_later_version_are_left_out() -> None:
    assert read_document(Note, '{"schema": 1, "text": "a", "author": "kim"}', 1) == Note("a")


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ('{"schema": 2}', "its schema is 2, expected 1"),
        ("[]", "its schema is null, expected 1"),
        ('{"schema": 1}', "Object missing required field `text`"),
        ('{"schema": 1, "text": "a", "pages": ["b"]}', "Expected `int`, got `str` - at `$.pages[0]`"),
        ("[" * 100_000, "it is nested too deeply"),
    ],
)
def test_a_document_that_cannot_be_read_has_a_reason(document: str, reason: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(reason)}$"):
        read_document(Note, document, 1)
