"""What is wrong with text that is no YAML, in a person's words, and where. Pure.

In: PyYAML's error and the text. Out: a YamlMistake. A parser stops where it can go no further, often a line after the
mistake; here the place is that of the mistake: the quote left open, the key without its colon.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

import yaml

from pushtrain.config.issue import quote

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml where PyYAML has it: the same, thirty times faster

_INDENTED = "this line is indented as none above it is. Line it up with the lines it belongs to"
_START = re.compile(r"\s*(- +)*\s*")
_KEY = re.compile(r"""[^\s'"#]+:(\s|$)|(?P<quote>['"]).*(?P=quote):(\s|$)""")
_GLUED = re.compile(r"(?P<key>[\w.-]+):(?P<value>[^\s/].*)")
_DASHED = re.compile(r"\s*-[^\s-]")
_QUOTES = ("'", '"')
_CLOSED_BY = {"{": "}", "[": "]"}


@dataclass(frozen=True, kw_only=True)
class YamlMistake:
    """A mistake and its place: `line` from 1, columns from 0, `end` the first one after."""

    message: str
    line: int
    start: int
    end: int


def explain_yaml_error(error: yaml.MarkedYAMLError, text: str) -> YamlMistake | None:
    """The mistake behind `error`; None where PyYAML gives it no place."""
    return _Look(error, error.problem_mark, text).slip() if error.problem_mark else None


def _left(line: str) -> int:
    """The column of the first letter of `line`, behind blanks and the hyphens of lists."""
    return _START.match(line).end()  # type: ignore[union-attr]  # it matches no letter too


class _Look:
    """One error and its lines, looked at from the surest sign to the vaguest."""

    def __init__(self, error: yaml.MarkedYAMLError, mark: yaml.Mark, text: str) -> None:
        self.problem, self.context = error.problem or "it cannot be read", error.context or ""
        self.lines = [*text.splitlines(), ""]  # an error at the very end lies on the line after the last
        self.text = text
        self.row, self.column = mark.line, mark.column
        begun = error.context_mark or mark
        self.begun_row, self.begun_column = begun.line, begun.column
        self.here = self.line[self.column : self.column + 1]

    @property
    def line(self) -> str:
        return self.lines[min(self.row, len(self.lines) - 1)]

    def at(self, message: str, row: int, start: int | None = None, end: int | None = None) -> YamlMistake:
        """A YamlMistake on line `row`, from 0; all of what is written there unless columns are given."""
        line = self.lines[row]
        if start is None:
            return self.at(message, row, len(line) - len(line.lstrip()), len(line.rstrip()))
        return YamlMistake(message=message, line=row + 1, start=start, end=end or start + 1)

    def slip(self) -> YamlMistake:
        known = (
            self.tab()
            or self.open_quote()
            or self.flow()
            or self.colon()
            or self.after_value()
            or self.indentation()
            or self.character()
        )
        if known:
            return known
        message = f"this is not valid YAML: {self.problem}" + (f" ({self.context})" if self.context else "")
        return self.at(message, min(self.row, len(self.lines) - 1), self.column)

    def tab(self) -> YamlMistake | None:
        """By far the most common cause, and YAML's own words hide it."""
        for row in (self.row, self.row - 1):
            if 0 <= row < len(self.lines) and (column := self.lines[row].find("\t", 0, _left(self.lines[row]))) >= 0:
                return self.at("a tab stands where only spaces may. Indent with spaces", row, column)
        return None

    def open_quote(self) -> YamlMistake | None:
        """A quote that ends with the file, or at the next quote some lines below."""
        if "quoted scalar" in self.context and "end of stream" in self.problem:
            return self.at("this quote is never closed. Close it on its line", self.begun_row, self.begun_column)
        if (quoted := self.quoted_before()) and quoted.start_mark.line < quoted.end_mark.line == self.row:
            message = f"this quote is closed on line {self.row + 1} only. Close it on its line"
            return self.at(message, quoted.start_mark.line, quoted.start_mark.column)
        return None

    def tokens(self) -> Iterator[yaml.Token]:
        """What stands before the error."""
        with suppress(yaml.YAMLError):  # it is the error that is looked at
            for token in yaml.scan(self.text, Loader=LOADER):
                if (token.start_mark.line, token.start_mark.column) >= (self.row, self.column):
                    return
                yield token

    def quoted_before(self) -> yaml.ScalarToken | None:
        """The quoted text that ends just before the error, if any."""
        last = next(iter(deque(self.tokens(), maxlen=1)), None)
        return last if isinstance(last, yaml.ScalarToken) and last.style in _QUOTES else None

    def flow(self) -> YamlMistake | None:
        """A bracket that is not closed, closed by the other kind, or a comma left out."""
        opened = self.open_bracket()
        if opened is None:
            closes = self.here in _CLOSED_BY.values() and "expected" in self.problem
            return self.at(f"this {self.here} closes nothing. Remove it", self.row, self.column) if closes else None
        if "while parsing a flow" not in self.context:
            return None
        row, column = opened.line, opened.column
        sign = self.lines[row][column]
        closed = _CLOSED_BY[sign]
        rest = "\n".join([self.lines[row][column:], *self.lines[row + 1 :]])
        if self.here == ",":
            return self.at("nothing stands before this comma. Remove it", self.row, self.column)
        if self.here in _CLOSED_BY.values():
            return self.at(f"found {self.here} where {closed} closes {sign}", self.row, self.column)
        if rest.count(sign) > rest.count(closed):
            return self.at(f"this {sign} is never closed. Add {closed}", row, column)
        return self.at(f"a comma or {closed} is missing before this", self.row, self.column)

    def open_bracket(self) -> yaml.Mark | None:
        """The innermost bracket that is open where the error is."""
        open_ones: list[yaml.Mark] = []
        for token in self.tokens():
            if isinstance(token, yaml.FlowMappingStartToken | yaml.FlowSequenceStartToken):
                open_ones.append(token.start_mark)
            elif isinstance(token, yaml.FlowMappingEndToken | yaml.FlowSequenceEndToken) and open_ones:
                open_ones.pop()
        return open_ones[-1] if open_ones else None

    def colon(self) -> YamlMistake | None:
        """A key without its colon or the blank after it, a colon too many, or a line indented too deep."""
        if "could not find expected ':'" in self.problem:
            return self.no_key(self.begun_row)
        if "mapping values are not allowed" not in self.problem:
            return None
        if self.has_key(self.row, self.column):
            message = "a second `: ` on one line. Quote the value, or begin a new line"
            return self.at(message, self.row, self.column)
        above = self.above()
        return None if above is None else self.below(above)

    def below(self, above: int) -> YamlMistake:
        """A key that YAML reads as more of the value on the line above."""
        line = self.lines[above]
        if _DASHED.match(line):
            return self.at("a space is missing after the -. Write `- key: value`", above)
        if self.has_key(above):
            message = "this line is indented deeper than the one above, which has a value already. Line it up"
            return self.at(message, self.row)
        return self.no_key(above)

    def above(self) -> int | None:
        return next((row for row in range(self.row - 1, -1, -1) if self.written(row)), None)

    def has_key(self, row: int, end: int | None = None) -> bool:
        line = self.lines[row]
        return bool(_KEY.match(line[:end], _left(line)))

    def written(self, row: int) -> bool:
        return not re.fullmatch(r"\s*(#.*)?", self.lines[row])

    def no_key(self, row: int) -> YamlMistake:
        line = self.lines[row].strip()
        if glued := _GLUED.fullmatch(line):
            return self.at(f"a space is missing after the colon. Write `{glued['key']}: {glued['value'][:60]}`", row)
        return self.at(f"expected `key: value`, found {quote(line)}. Is the colon missing?", row)

    def after_value(self) -> YamlMistake | None:
        """Something stands behind a quoted value."""
        if "expected key" not in self.problem or not self.quoted_before():
            return None
        return self.at("nothing may follow the closing quote. Quote the whole value", self.row, self.column)

    def indentation(self) -> YamlMistake | None:
        first = next((row for row in range(len(self.lines)) if self.written(row)), 0)
        if "<document start>" in self.problem and self.lines[first].startswith(" "):
            return self.at("the first key is indented and others are not. Begin it at the left", first)
        if "expected key" not in self.problem and "'-' indicator" not in self.problem:
            return None
        if self.column == self.begun_column and self.here == "-":
            return self.at("this - begins a list where a key belongs. Write `key: value`", self.row, self.column)
        above = self.above()
        if above is not None and not self.has_key(above) and _left(self.lines[above]) == self.column:
            return self.no_key(above)
        return self.at(_INDENTED, self.row)

    def character(self) -> YamlMistake | None:
        """One that means something to YAML, where text was meant."""
        if "cannot start any token" in self.problem:
            return self.at(f"a value may not begin with {self.here}. Quote it", self.row, self.column)
        if "scanning an alias" in self.context or "scanning an anchor" in self.context:
            sign = self.lines[self.begun_row][self.begun_column]
            return self.at(f"a value that begins with {sign} is to be quoted", self.begun_row, self.begun_column)
        if "sequence entries are not allowed" in self.problem:
            message = "a list begins on a line of its own, or is written [one, another]"
            return self.at(message, self.row, self.column)
        if "escape character" in self.problem:
            message = "a backslash in double quotes begins an escape. Double it, or use single quotes"
            return self.at(message, self.row, self.column)
        return None
