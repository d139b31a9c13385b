"""`runs watch`: one line for each job when it ends, and on a terminal a bar for the job that runs."""

from __future__ import annotations

import io
import itertools

import pytest
from msgspec.structs import replace

from pushtrain.catalog import job_kinds
from pushtrain.cli.commands.runs import polling, watch
from pushtrain.cli.terminal.stream import Terminal
from pushtrain.runs import Job, Run

PREPARED = Job(step="preprocess", name="j1", kind=job_kinds.PROCESSING, status="Completed", seconds=2.0)
TRAINING = Job(step="train", name="j2", kind=job_kinds.TRAINING, status="InProgress", seconds=0.0, started=1.0)
TRAINED = replace(TRAINING, status="Completed", seconds=9.0)
RUNNING = Run(model="m", run="r", status="RUNNING", started=0.0, seconds=1.0, outcome="", jobs=(PREPARED, TRAINING))
ENDED = replace(RUNNING, status="SUCCEEDED", outcome="registered", jobs=(PREPARED, TRAINED))


class LiveStream(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    seconds: list[float] = []
    monkeypatch.setattr(polling, "wait", seconds.append)
    return seconds


def test_each_job_is_printed_once_with_its_usual_time(pauses: list[float]) -> None:
    reads = iter([RUNNING, RUNNING, ENDED])
    stream = io.StringIO()
    assert watch.watch(lambda: next(reads), {"train": 8.0}, Terminal(stream), 5.0) is ENDED
    assert stream.getvalue() == "  ✓ preprocess     2.0 s\n  ✓ train          9.0 s  (usually 8.0 s)\n"
    assert pauses == [5.0, 5.0]


def test_a_job_that_failed_is_marked(pauses: list[float]) -> None:
    failed = replace(ENDED, status="FAILED", jobs=(replace(TRAINED, status="Failed"),))
    stream = io.StringIO()
    watch.watch(lambda: failed, {"train": 8.0}, Terminal(stream), 5.0)
    assert stream.getvalue() == "  ✗ train          9.0 s  failed\n"
    assert pauses == []


def test_a_terminal_shows_a_bar_and_erases_it_in_the_end(pauses: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(polling, "read_clock", itertools.count(5.0).__next__)
    reads = iter([RUNNING, ENDED])
    stream = LiveStream()
    watch.watch(lambda: next(reads), {"train": 8.0}, Terminal(stream), 1.0)
    painted = stream.getvalue().split("\r\033[2K")
    assert "  ⠋ train          4.0 s of about 8.0 s  ━━━━━━━━────────" in painted
    assert sum(pauses) == pytest.approx(1.0)
    assert painted[-1] == ""


def test_each_running_job_has_a_bar(pauses: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(polling, "read_clock", lambda: 5.0)
    busy = [replace(RUNNING.jobs[-1], step=step, name=step, status="InProgress") for step in ("clean", "train")]
    reads = iter([replace(RUNNING, jobs=tuple(busy)), ENDED])
    stream = LiveStream()
    watch.watch(lambda: next(reads), {}, Terminal(stream), 1.0)
    assert [line.split()[1] for line in stream.getvalue().split("\r\033[2K")[1].splitlines()] == ["clean", "train"]
    assert len(pauses) == 5
