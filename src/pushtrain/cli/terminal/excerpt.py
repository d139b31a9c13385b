"""Show the lines around a problem, with carets under the mistake.

In: a Problem. Out: styled lines for a terminal; only the problem itself if it has no line or its file cannot be read.
A Problem holds its line and its key. The columns are found by looking up the key in the file again.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import click
import yaml
from msgspec import Struct

from pushtrain.cli.terminal.stream import Terminal, count_columns
from pushtrain.config.issue import KeyPath
from pushtrain.config.scripts import find_python_mistake
from pushtrain.config.yaml.reader import find_yaml_mistake
from pushtrain.config.yaml.syntax import LOADER
from pushtrain.errors import Problem

# A message with one of these is about the key itself, not about its value
KEY_MESSAGES = ("unknown key", "is given twice", "is empty", "is not text")
_KEY_PART = re.compile(r"""\[(\d+)\]|'([^']*)'|"([^"]*)"|([\w+-]+)""")


class Span(Struct, frozen=True, kw_only=True):
    """A range of columns on one line. Lines count from 1, columns from 0; `end` is the first column after it."""

    line: int
    start: int
    end: int


def show_problem(problem: Problem, terminal: Terminal, colour: str = "") -> None:
    """Print the problem in one line; on a terminal also the lines of the file around it."""
    terminal.write_line(click.style(str(problem), fg=colour or None))
    if terminal.is_live:
        for line in draw_excerpt(problem, _read(problem.file), terminal.columns):
            terminal.write_line(line)


@lru_cache(maxsize=4)
def _read(file: str) -> str:
    try:
        return Path(file).read_text("utf-8-sig", errors="replace")
    except OSError:  # not a file of this computer, or deleted meanwhile: the problem alone is enough
        return ""


def draw_excerpt(problem: Problem, text: str, columns: int) -> list[str]:
    """Return the line before, the line, and carets under the mistake, cut to `columns`. Empty if there is no line."""
    lines = text.splitlines()
    if problem.line is None or not 1 <= problem.line <= len(lines):
        return []
    line = lines[problem.line - 1]
    span = _find_python_span(text) if problem.file.endswith(".py") else _find_yaml_span(problem, text)
    if span is None or span.line != problem.line:
        span = Span(line=problem.line, start=len(line) - len(line.lstrip()), end=len(line.rstrip()))
    width = len(str(problem.line))
    room = columns - width - 6
    numbered = [(number, lines[number - 1]) for number in (problem.line - 1, problem.line) if number > 0]
    first = max(0, min(span.start - room // 2, span.end - room)) if span.end > room else 0
    carets = " " * count_columns(line[first : span.start]) + "^" * max(
        1, count_columns(line[span.start : span.end][:room])
    )
    rows = [
        f"  {click.style(f'{number:>{width}} |', dim=True)} {_replace_unprintable(source[first:][:room])}"
        for number, source in numbered
    ]
    bar = click.style(f"{'':>{width}} |", dim=True)
    return [*rows, f"  {bar} {click.style(carets, fg='red', bold=True)}"]


def _replace_unprintable(text: str) -> str:
    """Replace characters that would move the cursor or change colours."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _find_python_span(text: str) -> Span | None:
    mistake = find_python_mistake(text.encode("utf-8", "surrogateescape"))
    if mistake is None or mistake.line is None or mistake.column is None:
        return None
    start = max(0, mistake.column - 1)
    return Span(line=mistake.line, start=start, end=max(start + 1, (mistake.end or 0) - 1))


def _find_yaml_span(problem: Problem, text: str) -> Span | None:
    """Return the span of the value of the problem's key, or of the key itself if the message is about the key."""
    if not problem.key:
        mistake = find_yaml_mistake(text)
        return Span(line=mistake.line, start=mistake.start, end=mistake.end) if mistake else None
    node = _compose(text)
    key = None
    for part in _split_key(problem.key):
        child = _find_child(node, part, problem.line)
        if child is None:
            break
        key, node = child
    at_key = key is not None and any(phrase in problem.message for phrase in KEY_MESSAGES)
    spans = [_span_of(part) for part in ((key, node) if at_key else (node, key)) if part is not None]
    return next((span for span in spans if span and span.line == problem.line), None)


def _span_of(node: yaml.Node) -> Span | None:
    """Return the span of a node, or None if it covers several lines."""
    start, end = node.start_mark, node.end_mark
    return Span(line=start.line + 1, start=start.column, end=end.column) if start.line == end.line else None


@lru_cache(maxsize=1)
def _compose(text: str) -> yaml.Node | None:
    """Return the YAML tree; None if it cannot be read. reader.py has refused files that are too deep."""
    try:
        return yaml.compose(text, Loader=LOADER)
    except (yaml.YAMLError, RecursionError):
        return None


def _split_key(key: str) -> KeyPath:
    """Split `register.when[0].metric` into its parts. A quoted key may be shortened; then it is not found."""
    return tuple(
        int(match[1]) if match[1] else next(text for text in match.groups() if text is not None)
        for match in _KEY_PART.finditer(key)
    )


def _find_child(node: yaml.Node | None, part: str | int, line: int | None) -> tuple[yaml.Node | None, yaml.Node] | None:
    """Return (key, value) for one part of a path. If a key is given twice: the one on `line`, else the first."""
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return None, node.value[part]
    if not isinstance(node, yaml.MappingNode):
        return None
    pairs = [(key, value) for key, value in node.value if key.value == part]
    on_line = [pair for pair in pairs if pair[0].start_mark.line + 1 == line]
    return next(iter([*on_line, *pairs]), None)
