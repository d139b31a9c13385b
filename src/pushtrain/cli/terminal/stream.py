"""Lines on a stream: colour where wanted, a live line where there is a terminal, silence where the reader has gone."""

from __future__ import annotations

import os
import shutil
import unicodedata
from collections.abc import Callable
from typing import TextIO

import click

DEFAULT_COLUMNS = 120  # columns where there is no terminal to measure


class Terminal:
    """Writes for people. A reader that closes the pipe ends the display, not the run behind it."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        plain = "NO_COLOR" in os.environ or os.environ.get("TERM") == "dumb"
        self.color = False if plain else None
        self.is_live = stream.isatty() and os.environ.get("TERM") != "dumb"
        self.columns = shutil.get_terminal_size().columns if stream.isatty() else DEFAULT_COLUMNS
        self._reader_closed = False

    def write_line(self, text: str) -> None:
        """One line, in place of the live line."""
        self._write(lambda: click.echo(text, file=self.stream, color=self.color))

    def paint(self, text: str) -> None:
        """The live line; an empty text erases it."""
        if self.is_live:
            self._write(lambda: self.stream.write(f"\r\033[2K{cut(text, self.columns - 1)}"), flush=True)

    def _write(self, write: Callable[[], object], *, flush: bool = False) -> None:
        if self._reader_closed:
            return
        try:
            write()
            if flush:
                self.stream.flush()
        except BrokenPipeError:
            self._reader_closed = True


def count_columns(text: str) -> int:
    """How many columns `text` takes; wide characters of Hangul and the like count twice."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def cut(text: str, room: int) -> str:
    """`text` in at most `room` columns."""
    width = 0
    for index, char in enumerate(text):
        width += count_columns(char)
        if width > room:
            return text[: max(0, index - 2)] + "…"
    return text
