r"""AWS's regular expressions, which are Java's, matched with Python's `re`: whole value, ASCII `\w` and `\d`.

In: a pattern of the API model and a value. Out: whether AWS takes it. `re` has no `\p{L}`, so a character
outside ASCII stands for its Unicode category on both sides: `\p{L}` becomes one mark, and so does the letter.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

# Private-use characters (category Co, which no pattern of AWS allows) stand for letters, marks, numbers …
_MARKS = {category: chr(0xE000 + number) for number, category in enumerate("LMNPSZ")}
_ASCII = [chr(code) for code in range(128)]
_NO_CLASS = "\ue0ff"


def matches(pattern: str, value: str) -> bool:
    """Tell whether `value` as a whole is what `pattern` of the API model allows."""
    if "\\p{" in pattern:
        value = "".join(char if char.isascii() else _mark(char) for char in value)
    return _compiled(pattern).fullmatch(value) is not None


def _mark(char: str) -> str:
    return _MARKS.get(unicodedata.category(char)[0], _NO_CLASS)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    # Two spellings of the model mean nothing outside Java: `${1,128}` repeats the end of the value, and a pair
    # of surrogates is one character.
    pattern = re.sub(r"\$\{\d+,\d+\}$", "", pattern)
    pattern = pattern.replace(r"\uD800\uDC00-\uDBFF\uDFFF", r"\U00010000-\U0010FFFF")
    pattern = pattern.replace(r"\p{Alnum}", "a-zA-Z0-9")
    return re.compile(re.sub(r"\\p\{([LMNPSZ])\}", lambda match: _members(match[1]), pattern), re.ASCII)


def _members(category: str) -> str:
    """Return what stands inside [...] for one category: its ASCII characters and its mark."""
    return "".join(re.escape(c) for c in _ASCII if unicodedata.category(c)[0] == category) + _MARKS[category]
