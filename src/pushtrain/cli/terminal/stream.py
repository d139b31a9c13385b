"""Write lines to a stream: with colour if the user wants it, and with live lines if the stream is a terminal."""

from __future__ import annotations

import os
import shutil
import unicodedata
from collections.abc import Callable
from typing import TextIO

from pushtrain.cli.streams import lost_writes
from pushtrain.cli.terminal.echo import echo
from pushtrain.visible import show_controls_but_styles

DEFAULT_COLUMNS = 120  # width if the stream is not a terminal
ERASE, ERASE_ABOVE = "\r\033[2K", "\033[1A\033[2K"  # erase the line of the cursor; go to the line above and erase it
COMBINING = {"Mn", "Me"}  # Unicode categories of marks that are drawn on the character before them
JOINERS = "\u200c\u200d"
FIRST_MEDIAL_JAMO, LAST_FINAL_JAMO = "\u1160", "\u11ff"  # parts of a Hangul syllable that macOS stores apart


class Terminal:
    """Writes text for people to a stream.

    When the reader closes the pipe, or the disk of a file is full, the writes stop without an error, so that the run
    behind them goes on. At the end the command says why.
    """

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        no_color = "NO_COLOR" in os.environ or os.environ.get("TERM") == "dumb"
        self.color = False if no_color else None
        self.is_live = stream.isatty() and os.environ.get("TERM") != "dumb"
        self.columns = shutil.get_terminal_size().columns if stream.isatty() else DEFAULT_COLUMNS
        self._live_count = 1
        self._is_closed = False

    def write_line(self, text: str) -> None:
        """Write one line. Erase the live lines first, with `paint()`."""
        self._write(lambda: echo(text, file=self.stream, color=self.color))

    def paint(self, *texts: str) -> None:
        """Replace the live lines with `texts`; without any, erase them. Do nothing if the stream is not a terminal."""
        if self.is_live:
            erased = ERASE + ERASE_ABOVE * (self._live_count - 1)
            self._live_count = max(1, len(texts))
            lines = "\n".join(cut(show_controls_but_styles(text), self.columns - 1) for text in texts)
            self._write(lambda: self.stream.write(f"{erased}{lines}"), flush=True)

    def _write(self, write: Callable[[], object], *, flush: bool = False) -> None:
        if self._is_closed:
            return
        try:
            write()
            if flush:
                self.stream.flush()
        except BrokenPipeError:
            self._is_closed = True
        except OSError as error:
            self._is_closed = True
            lost_writes.append(error)


def count_columns(text: str) -> int:
    """Return how many columns `text` takes on a terminal: two for a wide character (`한`), none for an accent on it."""
    return sum(_count_columns(char) for char in text)


def _count_columns(char: str) -> int:
    if unicodedata.category(char) in COMBINING or char in JOINERS or FIRST_MEDIAL_JAMO <= char <= LAST_FINAL_JAMO:
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def cut(text: str, columns: int) -> str:
    """Return `text` if it fits into `columns`, else its beginning and `…`."""
    width = 0
    for index, char in enumerate(text):
        width += count_columns(char)
        if width > columns:
            return text[: max(0, index - 2)] + "…"
    return text
