"""A run that is watched: each job told once as it ends, a bar where someone sees it, logs as they come."""

from __future__ import annotations

import io
import itertools
from dataclasses import replace
from pathlib import Path

import pytest

from pushtrain.cli import outcome, program
from pushtrain.cli.commands.runs import logs, polling, watch
from pushtrain.cli.terminal.progress import format_bar, format_duration, format_progress
from pushtrain.cli.terminal.stream import Terminal
from pushtrain.platform import PLATFORM_VARIABLE, Platform
from pushtrain.runs import Job, Run

PREPARED = Job(step="preprocess", name="j1", kind="Processing", status="Completed", seconds=2.0)
TRAINING = Job(step="train", name="j2", kind="Training", status="InProgress", seconds=0.0, started=1.0)
TRAINED = replace(TRAINING, status="Completed", seconds=9.0)
GOING = Run(model="m", run="r", status="RUNNING", started=0.0, seconds=1.0, outcome="", jobs=(PREPARED, TRAINING))
ENDED = replace(GOING, status="SUCCEEDED", outcome="registered", jobs=(PREPARED, TRAINED))


INTERRUPTED = [
    ("watch r", "m · run r\n", "watch r"),
    ("logs r --follow", "", "logs r --follow"),
    ("logs r --follow --step train", "", "logs r --follow --step train"),
]


@pytest.mark.parametrize(("words", "out", "again"), INTERRUPTED)
@pytest.mark.parametrize("local", [False, True])
def test_who_stops_watching_is_told_how_to_go_on(
    words: str,
    out: str,
    again: str,
    local: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    def interrupted(seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(polling, "wait", interrupted)
    for module in (logs, watch):
        monkeypatch.setattr(module, "find_run", lambda platform, run: GOING)
    monkeypatch.setattr(polling, "read_run", lambda platform, model, run: replace(GOING, jobs=()))
    monkeypatch.setattr(watch, "find_usual_seconds", lambda platform, model, except_run: {})
    monkeypatch.setattr(polling, "find_program", lambda: "pushtrain")
    monkeypatch.setenv(PLATFORM_VARIABLE, Platform.local("dev").to_json())
    where = ["--local", "--store", str(tmp_path)] if local else ["--environment", "dev"]
    assert outcome(lambda: program.main(["runs", *words.split(), *where], standalone_mode=False)) == 130
    said = capsys.readouterr()
    assert said.out == out
    assert said.err == (
        f"\ninterrupted\nthe run goes on. Go on watching with: pushtrain runs {again} {' '.join(where)}\n"
    )


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def waited(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    seconds: list[float] = []
    monkeypatch.setattr(polling, "wait", seconds.append)
    return seconds


def test_each_job_is_told_once_and_compared_with_what_is_usual(waited: list[float]) -> None:
    looks = iter([GOING, GOING, ENDED])
    stream = io.StringIO()
    assert watch.watch(lambda: next(looks), {"train": 8.0}, Terminal(stream), 5.0) is ENDED
    assert stream.getvalue() == "  ✓ preprocess     2.0 s\n  ✓ train          9.0 s  (usually 8.0 s)\n"
    assert waited == [5.0, 5.0]


def test_a_job_that_failed_is_marked(waited: list[float]) -> None:
    failed = replace(ENDED, status="FAILED", jobs=(replace(TRAINED, status="Failed"),))
    stream = io.StringIO()
    watch.watch(lambda: failed, {"train": 8.0}, Terminal(stream), 5.0)
    assert stream.getvalue() == "  ✗ train          9.0 s  failed\n"
    assert waited == []


def test_a_terminal_sees_a_bar_that_is_gone_in_the_end(waited: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(polling, "read_clock", itertools.count(5.0).__next__)
    looks = iter([GOING, ENDED])
    stream = Screen()
    watch.watch(lambda: next(looks), {"train": 8.0}, Terminal(stream), 1.0)
    painted = stream.getvalue().split("\r\033[2K")
    assert "  ⠋ train          4.0 s of about 8.0 s  ━━━━━━━━────────" in painted
    assert sum(waited) == pytest.approx(1.0)
    assert painted[-1] == ""


def test_the_bar_never_leaves_its_place() -> None:
    assert [format_bar(fraction) for fraction in (0, 0.5, 7)] == ["─" * 16, "━" * 8 + "─" * 8, "━" * 16]
    assert format_progress("train", 3.0, None, turn=3) == "  ⠸ train          3.0 s"


def test_hours_are_told_as_hours() -> None:
    assert [format_duration(seconds) for seconds in (0.04, 119.9, 125, 5405)] == [
        "0.0 s",
        "119.9 s",
        "0:02:05",
        "1:30:05",
    ]


def test_logs_are_printed_as_they_come_and_once_more_after_the_end(
    waited: list[float], capsys: pytest.CaptureFixture[str]
) -> None:
    looks = iter([GOING, GOING, ENDED])
    written = {"j1": iter([["a"], [], []]), "j2": iter([[], ["b", "c"], ["late"]])}
    logs.follow_logs(lambda: next(looks), lambda job: next(written[job.name]), 5.0)
    said = capsys.readouterr()
    assert (said.out, said.err) == ("preprocess · j1\na\ntrain · j2\nb\nc\nlate\n", "")
    assert waited == [5.0, 5.0, 5.0]
