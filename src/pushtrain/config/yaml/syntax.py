"""Explain syntax errors of YAML: what is wrong, on which line and columns. Pure.

In: PyYAML's error and the text. Out: a YamlMistake. PyYAML reports where it stopped, often a line after the mistake. A
YamlMistake points to the mistake itself: the open quote, or the key without a colon.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from contextlib import suppress

import yaml
from msgspec import Struct

from pushtrain.config.issue import quote

# libyaml if PyYAML was built with it: it reads the same, about thirty times faster.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_WRONG_INDENT = "this line is indented like no line above it. Line it up with the lines it belongs to"
_LIST_HYPHENS = re.compile(r"\s*(- +)*\s*")
_KEY = re.compile(r"""[^\s'"#]+:(\s|$)|(?P<quote>['"]).*(?P=quote):(\s|$)""")
_GLUED = re.compile(r"(?P<key>[\w.-]+):(?P<value>[^\s/].*)")
_DASHED = re.compile(r"\s*-[^\s-]")
_QUOTES = ("'", '"')
_CLOSED_BY = {"{": "}", "[": "]"}


class YamlMistake(Struct, frozen=True, kw_only=True):
    """A syntax mistake. `line` counts from 1, `start` and `end` are columns from 0; `end` is the first one after it."""

    message: str
    line: int
    start: int
    end: int


def explain_yaml_error(error: yaml.MarkedYAMLError, text: str) -> YamlMistake | None:
    """Return the mistake that caused `error`, or None if PyYAML gives no position."""
    return _Explainer(error, error.problem_mark, text).explain() if error.problem_mark else None


def _find_first_letter(line: str) -> int:
    """Return the column of the first letter of `line`, after spaces and the hyphens of lists."""
    return _LIST_HYPHENS.match(line).end()  # type: ignore[union-attr]  # the pattern also matches an empty text


class _Explainer:
    """Explains one error. It tries the causes one after another, the most certain first.

    Each `find_` method looks for the mistake that its docstring names, and returns None if it is another one.

    `row` and `column` (from 0) are where PyYAML stopped, `letter` is the character there. `start_row` and
    `start_column` are where the surrounding value starts.
    """

    def __init__(self, error: yaml.MarkedYAMLError, mark: yaml.Mark, text: str) -> None:
        self.problem, self.context = error.problem or "it cannot be read", error.context or ""
        self.lines = [*text.splitlines(), ""]  # an error at the end of the file is on the line after the last
        self.text = text
        self.row, self.column = mark.line, mark.column
        start = error.context_mark or mark
        self.start_row, self.start_column = start.line, start.column
        self.letter = self.line[self.column : self.column + 1]

    @property
    def line(self) -> str:
        return self.lines[min(self.row, len(self.lines) - 1)]

    def mark(self, message: str, row: int, start: int | None = None, end: int | None = None) -> YamlMistake:
        """Return a mistake on line `row` (from 0). Without columns it covers all the text of the line."""
        line = self.lines[row]
        if start is None:
            return self.mark(message, row, len(line) - len(line.lstrip()), len(line.rstrip()))
        return YamlMistake(message=message, line=row + 1, start=start, end=end or start + 1)

    def mark_stop(self, message: str) -> YamlMistake:
        """Return a mistake at the character where PyYAML stopped."""
        return self.mark(message, self.row, self.column)

    def explain(self) -> YamlMistake:
        mistake = (
            self.find_tab()
            or self.find_open_quote()
            or self.find_bracket_mistake()
            or self.find_colon_mistake()
            or self.find_text_after_quote()
            or self.find_indentation_mistake()
            or self.find_special_character()
        )
        if mistake:
            return mistake
        message = f"this is not valid YAML: {self.problem}" + (f" ({self.context})" if self.context else "")
        return self.mark(message, min(self.row, len(self.lines) - 1), self.column)

    def find_tab(self) -> YamlMistake | None:
        """A tab in the indentation. It is the most common mistake, and PyYAML's message does not mention it."""
        for row in (self.row, self.row - 1):
            if 0 <= row < len(self.lines):
                column = self.lines[row].find("\t", 0, _find_first_letter(self.lines[row]))
                if column >= 0:
                    return self.mark("found a tab; only spaces are allowed here. Indent with spaces", row, column)
        return None

    def find_open_quote(self) -> YamlMistake | None:
        """A quote that is never closed, or only by the next quote some lines below."""
        if "quoted scalar" in self.context and "end of stream" in self.problem:
            return self.mark("this quote is never closed. Close it on its line", self.start_row, self.start_column)
        quoted = self.find_quoted_before()
        if quoted and quoted.start_mark.line < quoted.end_mark.line == self.row:
            message = f"this quote is closed only on line {self.row + 1}. Close it on its line"
            return self.mark(message, quoted.start_mark.line, quoted.start_mark.column)
        return None

    def list_tokens(self) -> Iterator[yaml.Token]:
        """Yield the YAML tokens before the error."""
        with suppress(yaml.YAMLError):  # the error that is being explained
            for token in yaml.scan(self.text, Loader=LOADER):
                if (token.start_mark.line, token.start_mark.column) >= (self.row, self.column):
                    return
                yield token

    def find_quoted_before(self) -> yaml.ScalarToken | None:
        """Return the quoted text just before the error, or None."""
        last = next(iter(deque(self.list_tokens(), maxlen=1)), None)
        return last if isinstance(last, yaml.ScalarToken) and last.style in _QUOTES else None

    def find_bracket_mistake(self) -> YamlMistake | None:
        """A bracket that is not closed or closed by the other kind, or a missing comma."""
        opened = self.find_open_bracket()
        if opened is None:
            is_extra = self.letter in _CLOSED_BY.values() and "expected" in self.problem
            return self.mark_stop(f"this {self.letter} closes nothing. Remove it") if is_extra else None
        if "while parsing a flow" not in self.context:
            return None
        row, column = opened.line, opened.column
        bracket = self.lines[row][column]
        closing = _CLOSED_BY[bracket]
        text_after = "\n".join([self.lines[row][column:], *self.lines[row + 1 :]])
        if self.letter == ",":
            return self.mark_stop("there is no value before this comma. Remove it")
        if self.letter in _CLOSED_BY.values():
            return self.mark_stop(f"found {self.letter}, but {bracket} is closed by {closing}")
        if text_after.count(bracket) > text_after.count(closing):
            return self.mark(f"this {bracket} is never closed. Add {closing}", row, column)
        return self.mark_stop(f"a comma or {closing} is missing before this")

    def find_open_bracket(self) -> yaml.Mark | None:
        """Return the position of the innermost bracket that is open at the error."""
        brackets: list[yaml.Mark] = []
        for token in self.list_tokens():
            if isinstance(token, yaml.FlowMappingStartToken | yaml.FlowSequenceStartToken):
                brackets.append(token.start_mark)
            elif isinstance(token, yaml.FlowMappingEndToken | yaml.FlowSequenceEndToken) and brackets:
                brackets.pop()
        return brackets[-1] if brackets else None

    def find_colon_mistake(self) -> YamlMistake | None:
        """A key without a colon or without the space after it, a second colon, or a line indented too deep."""
        if "could not find expected ':'" in self.problem:
            return self.explain_missing_key(self.start_row)
        if "mapping values are not allowed" not in self.problem:
            return None
        if self.has_key(self.row, self.column):
            return self.mark_stop("this line has a second `: `. Quote the value, or begin a new line")
        row_above = self.find_row_above()
        return None if row_above is None else self.explain_continued_line(row_above)

    def explain_continued_line(self, row_above: int) -> YamlMistake:
        """A key that YAML reads as part of the value on the line above."""
        line = self.lines[row_above]
        if _DASHED.match(line):
            return self.mark("a space is missing after the -. Write `- key: value`", row_above)
        if self.has_key(row_above):
            message = "this line is indented deeper than the line above, which already has a value. Line it up"
            return self.mark(message, self.row)
        return self.explain_missing_key(row_above)

    def explain_missing_key(self, row: int) -> YamlMistake:
        line = self.lines[row].strip()
        if glued := _GLUED.fullmatch(line):
            message = f"a space is missing after the colon. Write `{glued['key']}: {glued['value'][:60]}`"
            return self.mark(message, row)
        return self.mark(f"expected `key: value`, found {quote(line)}. Is the colon missing?", row)

    def find_text_after_quote(self) -> YamlMistake | None:
        """Text after a quoted value."""
        if "expected key" not in self.problem or not self.find_quoted_before():
            return None
        return self.mark_stop("nothing may follow the closing quote. Quote the whole value")

    def find_indentation_mistake(self) -> YamlMistake | None:
        """A line whose indentation fits no line above it, or a hyphen between keys."""
        first = next((row for row in range(len(self.lines)) if self.has_content(row)), 0)
        if "<document start>" in self.problem and self.lines[first].startswith(" "):
            return self.mark("the first key is indented, but others are not. Remove the spaces before it", first)
        if "expected key" not in self.problem and "'-' indicator" not in self.problem:
            return None
        if self.column == self.start_column and self.letter == "-":
            return self.mark_stop("this - begins a list, but a key is expected here. Write `key: value`")
        row_above = self.find_row_above()
        is_aligned = row_above is not None and _find_first_letter(self.lines[row_above]) == self.column
        if row_above is not None and is_aligned and not self.has_key(row_above):
            return self.explain_missing_key(row_above)
        return self.mark(_WRONG_INDENT, self.row)

    def find_special_character(self) -> YamlMistake | None:
        """A character with a meaning in YAML at the start of a text."""
        if "cannot start any token" in self.problem:
            return self.mark_stop(f"a value cannot begin with {self.letter}. Quote it")
        if "scanning an alias" in self.context or "scanning an anchor" in self.context:
            letter = self.lines[self.start_row][self.start_column]
            return self.mark(f"a value that begins with {letter} needs quotes", self.start_row, self.start_column)
        if "sequence entries are not allowed" in self.problem:
            return self.mark_stop("a list cannot begin here. Begin it on a new line, or write [one, another]")
        if "escape character" in self.problem:
            return self.mark_stop("a backslash in double quotes begins an escape. Double it, or use single quotes")
        return None

    def find_row_above(self) -> int | None:
        """Return the nearest row above the error that is not empty and not a comment."""
        return next((row for row in range(self.row - 1, -1, -1) if self.has_content(row)), None)

    def has_key(self, row: int, end: int | None = None) -> bool:
        """Return True if line `row`, up to column `end`, begins with `key: `."""
        line = self.lines[row]
        return bool(_KEY.match(line[:end], _find_first_letter(line)))

    def has_content(self, row: int) -> bool:
        return not re.fullmatch(r"\s*(#.*)?", self.lines[row])
