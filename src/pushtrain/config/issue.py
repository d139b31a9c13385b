"""One issue of a YAML file, and the path of keys that it is about. Pure.

An Issue knows no file name and often no line. `Issue.to_problem` adds them: a user sees a `Problem`.
"""

from __future__ import annotations

import re

from msgspec import Struct

from pushtrain.errors import Problem

KeyPath = tuple[str | int, ...]  # ("register", "when", 0, "metric")

_PLAIN_KEY = re.compile(r"[\w+-]{1,80}")


class Issue(Struct, frozen=True, kw_only=True):
    """A mistake, or something surprising, in the value at `path`.

    `line` (from 1) is set if the reader already knows it. `unreadable` means that the value could not be read: no other
    issue is reported for this path.
    """

    path: KeyPath
    message: str
    line: int | None = None
    unreadable: bool = False

    def to_problem(self, line: int | None, file: str) -> Problem:
        """Return this issue as a Problem of `file`. `line` is used if the issue has no line of its own."""
        return Problem(message=self.message, key=format_key_path(self.path), line=self.line or line, file=file)


def is_inside(path: KeyPath, outer: KeyPath) -> bool:
    """Return True if `path` equals `outer` or lies inside it: ("train", "spot") is inside ("train",)."""
    return path[: len(outer)] == outer


def format_key_path(path: KeyPath) -> str:
    """Return `path` as text: `register.when[0].metric`. A key with spaces or dots is quoted."""
    text = ""
    for part in path:
        text = append_key(text, part)
    return text


def append_key(text: str, key: str | int) -> str:
    """Return the text of the path to `key` in the section at `text`: `register.when` and 0 give `register.when[0]`."""
    if isinstance(key, int):
        return f"{text}[{key}]"
    shown = key if _PLAIN_KEY.fullmatch(key) else quote(key)
    return f"{text}.{shown}" if text else shown


def quote(text: str, length: int = 60) -> str:
    """Return `text` in quotes, on one line, cut to `length` characters, so that it cannot flood a terminal."""
    cut = "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text[:length])
    mark = '"' if "'" in cut else "'"
    return f"{mark}{cut}{'…' if len(text) > length else ''}{mark}"
