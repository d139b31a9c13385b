"""Findings: what is wrong or surprising about the value at one path, before the file's name is known. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pushtrain.errors import Problem

KeyPath = tuple[str | int, ...]

_WORD = re.compile(r"[\w+-]{1,80}")


@dataclass(frozen=True, kw_only=True)
class Issue:
    """`message` about the value at `path`; `line` where it is known already.

    `unreadable`: the value there is not what was meant, so nothing further is said about it.
    """

    path: KeyPath
    message: str
    line: int | None = None
    unreadable: bool = False

    def to_problem(self, line: int | None, file: str) -> Problem:
        """This issue as one line for a person."""
        return Problem(message=self.message, key=format_key_path(self.path), line=self.line or line, file=file)


def is_inside(path: KeyPath, outer: KeyPath) -> bool:
    """Whether `path` is `outer` or lies in it."""
    return path[: len(outer)] == outer


def format_key_path(path: KeyPath) -> str:
    """`register.when[0].metric`; a key that is no plain word is quoted."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += ("." if text else "") + (part if _WORD.fullmatch(part) else quote(part))
    return text


def quote(text: str, length: int = 60) -> str:
    """`text` in quotes on one line, cut to `length`: what was found must not flood the terminal."""
    cut = "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text[:length])
    quote = '"' if "'" in cut else "'"
    return f"{quote}{cut}{'…' if len(text) > length else ''}{quote}"
