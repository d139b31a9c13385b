"""Find the first line of a text file that is not UTF-8, and say in which encoding it probably is. Pure."""

from __future__ import annotations

import codecs

from msgspec import Struct

# Encodings that editors in Korea and Europe save by default, the strictest first.
_CANDIDATES = ("cp949", "cp1252")
_MARKS = {codecs.BOM_UTF16_LE: "UTF-16", codecs.BOM_UTF16_BE: "UTF-16"}


class EncodingMistake(Struct, frozen=True, kw_only=True):
    """A message and its line, which counts from 1. `encoding` is the probable one in Python's words; may be empty."""

    message: str
    line: int
    encoding: str


def guess_encoding(source: bytes) -> str:
    """Return the probable encoding of a text that is not UTF-8, such as `cp949`; empty if none fits."""
    for encoding in _CANDIDATES:
        try:
            source.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    return ""


def find_encoding_mistake(source: bytes, remedy: str) -> EncodingMistake | None:
    """Return the first place of `source` that is not UTF-8, or None. `remedy` ends the message."""
    for mark, name in _MARKS.items():
        if source.startswith(mark):
            return EncodingMistake(message=f"the file is {name}, not UTF-8. {remedy}", line=1, encoding="utf-16")
    try:
        source.decode("utf-8")
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        encoding = guess_encoding(source)
        guess = f", but probably {encoding.upper()}" if encoding else ""
        message = f"the file is not UTF-8{guess} (byte {error.start + 1} is {source[error.start]:#04x}). {remedy}"
        return EncodingMistake(message=message, line=line, encoding=encoding)
    return None
