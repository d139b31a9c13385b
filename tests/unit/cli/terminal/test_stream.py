"""Lines on a terminal, in a pipe, and for a reader that has closed the pipe."""

from __future__ import annotations

import errno
import io

import click
import pytest

from pushtrain.cli.streams import lost_writes
from pushtrain.cli.terminal.stream import Terminal, count_columns, cut


class LiveStream(io.StringIO):
    def isatty(self) -> bool:
        return True


class ClosedPipe(io.StringIO):
    writes = 0

    def write(self, text: str) -> int:
        self.writes += 1
        raise BrokenPipeError


def test_hangul_takes_two_columns() -> None:
    assert [count_columns(text) for text in ("", "model", "모델", "a모")] == [0, 5, 4, 3]
    assert [count_columns(text) for text in ("e\u0301", "\u1112\u1161\u11ab")] == [1, 2]  # é and 한 as macOS has them


@pytest.mark.parametrize(
    ("text", "columns", "expected"),
    [("short", 5, "short"), ("too long", 6, "too …"), ("모델 이름", 6, "모…"), ("", 0, "")],
)
def test_a_long_text_is_cut_at_a_number_of_columns(text: str, columns: int, expected: str) -> None:
    assert cut(text, columns) == expected
    assert count_columns(cut(text, columns)) <= columns


def test_only_a_terminal_has_a_live_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "8")
    live, pipe = LiveStream(), io.StringIO()
    for stream in (live, pipe):
        terminal = Terminal(stream)
        terminal.paint("a long live line")
        terminal.paint()
        terminal.write_line("done")
    assert live.getvalue() == "\r\033[2Ka lon…\r\033[2Kdone\n"
    assert pipe.getvalue() == "done\n"


def test_several_live_lines_are_erased_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    stream = LiveStream()
    terminal = Terminal(stream)
    terminal.paint("clean", "embed", "split")
    terminal.paint("embed", "split")
    terminal.paint()
    terminal.write_line("done")
    erase, above = "\r\033[2K", "\033[1A\033[2K"
    assert stream.getvalue() == (f"{erase}clean\nembed\nsplit{erase}{above}{above}embed\nsplit{erase}{above}done\n")


@pytest.mark.parametrize(("variable", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_who_wants_no_colour_gets_none(variable: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    red = click.style("failed", fg="red")
    coloured, plain = LiveStream(), LiveStream()
    Terminal(coloured).write_line(red)
    monkeypatch.setenv(variable, value)
    Terminal(plain).write_line(red)
    assert (coloured.getvalue(), plain.getvalue()) == (f"{red}\n", "failed\n")


def test_writing_stops_when_the_reader_has_closed_the_pipe() -> None:
    pipe = ClosedPipe()
    terminal = Terminal(pipe)
    for _ in range(3):
        terminal.write_line("one more")
    assert pipe.writes == 1


def test_a_full_disk_does_not_stop_what_is_shown() -> None:
    class FullDisk(io.StringIO):
        writes = 0

        def write(self, text: str) -> int:
            self.writes += 1
            raise OSError(errno.ENOSPC, "No space left on device")

    stream = FullDisk()
    terminal = Terminal(stream)
    terminal.write_line("one")
    terminal.write_line("two")
    assert (stream.writes, [error.errno for error in lost_writes]) == (1, [errno.ENOSPC])
    lost_writes.clear()
