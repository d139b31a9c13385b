"""Parse one unquoted YAML scalar. Pure.

In: the text as written. Out: None, bool, int, float or str. YAML 1.1 and YAML 1.2 readers disagree about `no`, `012`,
`1:30`, `1_000` and dates. Here these are errors that say "quote it", so that a script never gets another value than the
one that was typed. `1e-3` is a number, as in YAML 1.2.
"""

from __future__ import annotations

import math
import re

NULLS = frozenset({"", "~", "null", "Null", "NULL"})
BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
LARGEST = 2**63 - 1

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|nan)", re.IGNORECASE)
_BOOLEAN_WORD = re.compile(r"(yes|on)|(no|off)", re.IGNORECASE)
_AMBIGUOUS = {
    "an octal number": re.compile(r"[-+]?0o?[0-9_]+"),
    "a binary number": re.compile(r"[-+]?0b[01_]+"),
    "a base-60 number": re.compile(r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?"),
    "a date": re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt \t].*)?"),
    "a number": re.compile(r"[-+]?[0-9]+_[0-9_]*(\.[0-9_]*)?([eE][-+]?[0-9]+)?|[-+]?[0-9]*\.[0-9]+_[0-9_]*"),
}
_FIRST = frozenset("0123456789+-.yYnNoO")


def parse_scalar(text: str) -> object:
    """Return the value of `text`. Raises ValueError, with what to write instead, if YAML readers disagree about it."""
    if text in NULLS:
        return None
    if text in BOOLEANS:
        return BOOLEANS[text]
    if text[0] not in _FIRST:
        return text
    if _INTEGER.fullmatch(text) or _HEXADECIMAL.fullmatch(text):
        return _parse_integer(text)
    _refuse_ambiguous(text)
    if _NOT_FINITE.fullmatch(text):
        raise ValueError(f"{text} is not a finite number")
    return _parse_float(text) if _FLOAT.fullmatch(text) else text


def _parse_integer(text: str) -> int:
    # Python raises ValueError for more than 4300 digits, so the length is checked first.
    value = int(text, 0) if len(text) <= len(str(LARGEST)) + 1 else LARGEST + 1
    if abs(value) > LARGEST:
        raise ValueError(f"the number {text[:20]}… is too large. If it is text, quote it")
    return value


def _parse_float(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError(f"the number {text[:20]} is too large")
    return value


def _refuse_ambiguous(text: str) -> None:
    if match := _BOOLEAN_WORD.fullmatch(text):
        value = "true" if match[1] else "false"
        raise ValueError(
            f'{text} is {value} in some YAML readers and text in others. Write {value}, or quote it: "{text}"'
        )
    for meaning, pattern in _AMBIGUOUS.items():
        if pattern.fullmatch(text):
            excerpt = text[:40]
            raise ValueError(f'{excerpt} is {meaning} in some YAML readers and text in others. Quote it: "{excerpt}"')
