"""The lines around a problem, with a caret under the fault.

In: a Problem. Out: lines for a person, styled; the problem alone where it has no line, or its file cannot be read.
A problem tells its line and its key; the columns are found by looking the key up in the file once more.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import click
import yaml

from pushtrain.cli.terminal.stream import Terminal, count_columns
from pushtrain.config.issue import KeyPath
from pushtrain.config.scripts import find_python_mistake
from pushtrain.config.yaml.reader import find_yaml_mistake
from pushtrain.config.yaml.syntax import LOADER
from pushtrain.errors import Problem

ABOUT_KEYS = ("unknown key", "is given twice", "is empty", "is not text")
_PART = re.compile(r"""\[(\d+)\]|'([^']*)'|"([^"]*)"|([\w+-]+)""")


@dataclass(frozen=True, kw_only=True)
class Span:
    """Columns of one line, from 0; `end` is the first one after."""

    line: int
    start: int
    end: int


def show(problem: Problem, terminal: Terminal, colour: str = "") -> None:
    """The problem in one line; on a terminal, the place it speaks of below it."""
    terminal.write_line(click.style(str(problem), fg=colour or None))
    if terminal.is_live:
        for line in excerpt(problem, _read(problem.file), terminal.columns):
            terminal.write_line(line)


@lru_cache(maxsize=4)
def _read(file: str) -> str:
    try:
        return Path(file).read_text("utf-8-sig", errors="replace")
    except OSError:  # it is no file of this machine, or gone meanwhile: the line alone tells enough
        return ""


def excerpt(problem: Problem, text: str, columns: int) -> list[str]:
    """The line before, the line, and a caret or more under the fault, cut to `columns`."""
    lines = text.splitlines()
    if problem.line is None or not 1 <= problem.line <= len(lines):
        return []
    line = lines[problem.line - 1]
    span = _script(text) if problem.file.endswith(".py") else _span(problem, text)
    if span is None or span.line != problem.line:
        span = Span(line=problem.line, start=len(line) - len(line.lstrip()), end=len(line.rstrip()))
    width = len(str(problem.line))
    room = columns - width - 6
    shown = [(number, lines[number - 1]) for number in (problem.line - 1, problem.line) if number > 0]
    first = max(0, min(span.start - room // 2, span.end - room)) if span.end > room else 0
    carets = " " * count_columns(line[first : span.start]) + "^" * max(
        1, count_columns(line[span.start : span.end][:room])
    )
    rows = [
        f"  {click.style(f'{number:>{width}} |', dim=True)} {_plain(each[first:][:room])}" for number, each in shown
    ]
    bar = click.style(f"{'':>{width}} |", dim=True)
    return [*rows, f"  {bar} {click.style(carets, fg='red', bold=True)}"]


def _plain(text: str) -> str:
    """A file may hold anything; what moves the cursor is not for a terminal."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _script(text: str) -> Span | None:
    found = find_python_mistake(text.encode("utf-8", "surrogateescape"))
    if found is None or found.line is None or found.column is None:
        return None
    start = max(0, found.column - 1)
    return Span(line=found.line, start=start, end=max(start + 1, (found.end or 0) - 1))


def _span(problem: Problem, text: str) -> Span | None:
    """Where the value of the problem's key is written, or the key itself where that is at fault."""
    if not problem.key:
        slip = find_yaml_mistake(text)
        return Span(line=slip.line, start=slip.start, end=slip.end) if slip else None
    node = _compose(text)
    key = None
    for part in _parts(problem.key):
        found = _child(node, part, problem.line)
        if found is None:
            break
        key, node = found
    at_key = key is not None and any(word in problem.message for word in ABOUT_KEYS)
    spans = [_of(each) for each in ((key, node) if at_key else (node, key)) if each is not None]
    return next((span for span in spans if span and span.line == problem.line), None)


def _of(node: yaml.Node) -> Span | None:
    """A node that lies on one line."""
    start, end = node.start_mark, node.end_mark
    return Span(line=start.line + 1, start=start.column, end=end.column) if start.line == end.line else None


@lru_cache(maxsize=1)
def _compose(text: str) -> yaml.Node | None:
    """The tree of a file that has keys to speak of: reader.py saw that it is not too deep for this recursion."""
    try:
        return yaml.compose(text, Loader=LOADER)
    except (yaml.YAMLError, RecursionError):
        return None


def _parts(key: str) -> KeyPath:
    """`register.when[0].metric` back to its parts; a quoted key may have been cut, and then is not found."""
    found = _PART.finditer(key)
    return tuple(
        int(part[1]) if part[1] else next(text for text in part.groups() if text is not None) for part in found
    )


def _child(node: yaml.Node | None, part: str | int, line: int | None) -> tuple[yaml.Node | None, yaml.Node] | None:
    """(key, value) of one part of a path; of a key given twice the one on `line`, else the first."""
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return None, node.value[part]
    if not isinstance(node, yaml.MappingNode):
        return None
    pairs = [(key, value) for key, value in node.value if key.value == part]
    on_line = [pair for pair in pairs if pair[0].start_mark.line + 1 == line]
    return next(iter([*on_line, *pairs]), None)
