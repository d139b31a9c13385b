"""Find the files that `reads` names. Pure.

In: patterns as in .gitignore, without `!`, and paths. Out: paths. `net.py` and `features/` match in every folder,
`model/net.py` and `/net.py` from the root. A folder stands for all files below it. `*`, `?` and `[ab]` stay within one
folder, `**` does not. The handler on AWS has no library for this dialect, so it is read here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

_TOKEN = re.compile(r"\\(?P<escaped>.)|(?P<stars>\*+)|(?P<any>\?)|\[(?P<set>[!^]?\]?[^\]/]*)\]|(?P<text>.)", re.DOTALL)


def find_matches(reads: Iterable[str], paths: Iterable[str]) -> set[str]:
    """Return the paths that match at least one pattern."""
    patterns = [_compile(pattern) for pattern in reads]
    return {path for path in paths if any(pattern.fullmatch(_normalize(path)) for pattern in patterns)}


def find_unmatched_reads(reads: Iterable[str], paths: Iterable[str]) -> tuple[str, ...]:
    """Return the patterns that match none of the paths, such as a folder that was renamed."""
    normalized = [_normalize(path) for path in paths]
    return tuple(pattern for pattern in reads if not any(map(_compile(pattern).fullmatch, normalized)))


@lru_cache(maxsize=256)
def _compile(pattern: str) -> re.Pattern[str]:
    pattern = _normalize(pattern).removeprefix("./")
    parts = pattern.strip("/").split("/")
    is_folder = pattern.endswith("/") and parts[-1] != "**"
    is_anywhere = "/" not in pattern.rstrip("/")
    expression = "(?:.*/)?" if is_anywhere else ""
    for part in parts[:-1]:
        expression += "(?:.*/)?" if part == "**" else f"{_translate(part)}/"
    expression += _translate(parts[-1]) + ("/.*" if is_folder else "(?:/.*)?")
    try:
        return re.compile(expression, re.DOTALL)
    except re.error:  # such as [z-a], which no letter can match
        return re.compile(r"(?!)")


def _translate(part: str) -> str:
    """Return the regular expression of one part of a path."""
    if part == "**":
        return ".+"
    return "".join(_translate_token(token) for token in _TOKEN.finditer(part))


def _translate_token(token: re.Match[str]) -> str:
    if token["stars"]:
        return "[^/]*"
    if token["any"]:
        return "[^/]"
    if token["set"]:
        members = re.sub(r"([\\\[\]&~|^])", r"\\\1", token["set"].lstrip("!^"))
        return f"(?![/])[{'^' * token['set'].startswith(('!', '^'))}{members}]"
    return re.escape(token["escaped"] or token["text"] or token[0])


def _normalize(path: str) -> str:
    return path if path.isascii() else unicodedata.normalize("NFC", path)
