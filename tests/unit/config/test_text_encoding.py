"""The first place of a file that is not UTF-8, and its probable encoding."""

from __future__ import annotations

import pytest

from pushtrain.config.text_encoding import find_encoding_mistake, guess_encoding


@pytest.mark.parametrize(("text", "encoding"), [("# 학습 데이터\n", "cp949"), ("# Größe: 3 €\n", "cp1252")])
def test_the_probable_encoding_is_guessed(text: str, encoding: str) -> None:
    assert guess_encoding(text.encode(encoding)) == encoding


def test_no_encoding_is_guessed_if_none_fits() -> None:
    assert guess_encoding(b"\x81\xff\x8d") == ""


def test_the_message_names_the_first_byte_and_its_line() -> None:
    mistake = find_encoding_mistake("a = 1\n# 훈련\n".encode("cp949"), "Save it as UTF-8")
    assert mistake is not None
    assert (mistake.line, mistake.encoding) == (2, "cp949")
    assert mistake.message == "the file is not UTF-8, but probably CP949 (byte 9 is 0xc8). Save it as UTF-8"


@pytest.mark.parametrize("mark", [b"\xff\xfe", b"\xfe\xff"])
def test_utf_16_is_named(mark: bytes) -> None:
    mistake = find_encoding_mistake(mark + b"n\0", "Save it as UTF-8")
    assert mistake is not None
    assert mistake.message == "the file is UTF-16, not UTF-8. Save it as UTF-8"


def test_utf_8_is_no_mistake() -> None:
    assert find_encoding_mistake("# 훈련".encode(), "") is None
