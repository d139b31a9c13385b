"""What a run on this computer prints while its jobs run."""

from __future__ import annotations

import io
import sys
import time
from pathlib import Path

import pytest

from pushtrain.catalog.job_kinds import TRAINING
from pushtrain.cli.terminal.screen import Screen
from pushtrain.config import load_config
from pushtrain.local.events import JobEnded, JobLine, JobStarted
from pushtrain.platform import Platform

CONFIG = load_config(b"model: churn\ntrain: {framework: sklearn 1.2-1}\n").config


def print_job(tmp_path: Path, *lines: str, status: str = "Completed") -> None:
    with Screen(CONFIG, Platform.local(), tmp_path, to_stderr=False) as screen:
        screen.begin("0123456789abcdef")
        screen.on_event(JobStarted(job="j", step="train", kind=TRAINING))
        for line in lines:
            screen.on_event(JobLine(job="j", line=line))
        screen.on_event(JobEnded(job="j", status=status, seconds=2.0))


def test_a_step_is_one_line_with_the_last_line_of_its_script(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    print_job(tmp_path, "epoch 1", "epoch 2", "")
    head, step = capsys.readouterr().out.splitlines()
    assert head == "churn · revision 0123456789ab · template train · on this computer"
    assert step == "  ✓ train       sklearn 1.2-1 · ml.m5.xlarge     2.0 s  epoch 2"


def test_a_step_that_failed_shows_its_status(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    print_job(tmp_path, "epoch 1", status="Failed")
    assert capsys.readouterr().out.splitlines()[-1].split() == [
        *("✗", "train", "sklearn", "1.2-1", "·", "ml.m5.xlarge", "2.0", "s", "failed")
    ]


def test_a_message_of_embedded_aws_is_shown_once_and_the_reason_not_at_all(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    print_job(tmp_path, "pushtrain: installing numpy", "pushtrain: installing numpy", "pushtrain: AlgorithmError: no")
    assert [line for line in capsys.readouterr().out.splitlines() if "  ✓" not in line][1:] == ["    installing numpy"]


def test_lines_of_a_job_that_is_not_shown_are_ignored(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Screen(CONFIG, Platform.local(), tmp_path, to_stderr=True) as screen:
        screen.on_event(JobLine(job="other", line="text"))
        screen.on_event(JobEnded(job="other", status="Completed", seconds=1.0))
    assert capsys.readouterr() == ("", "")


class LiveStream(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_each_running_step_has_a_live_line_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")
    stream = LiveStream()
    monkeypatch.setattr(sys, "stdout", stream)
    with Screen(CONFIG, Platform.local(), tmp_path, to_stderr=False) as screen:
        for job, step in (("j1", "clean"), ("j2", "train")):
            screen.on_event(JobStarted(job=job, step=step, kind=TRAINING))
            screen.on_event(JobLine(job=job, line=f"{step} reads"))
        while "train reads" not in stream.getvalue():
            time.sleep(0.01)
        screen.on_event(JobEnded(job="j1", status="Completed", seconds=2.0))
    painted = stream.getvalue().split("\r\033[2K")
    first, second = next(text for text in painted if "\n" in text).splitlines()
    assert (first.split()[1], second.split()[1]) == ("clean", "train")
    assert (first.endswith("clean reads"), second.endswith("train reads")) == (True, True)
    ended = next(text for text in painted if "✓" in text)
    assert ended.startswith("\033[1A\033[2K")  # the second live line was erased too


def test_many_files_show_the_progress_of_their_upload(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    with Screen(CONFIG, Platform.local(), tmp_path, to_stderr=False) as screen:
        screen.begin_upload(3)
        screen.count_upload(None)
        assert capsys.readouterr().out == ""
        screen.begin_upload(1200)
        for _ in range(100):
            screen.count_upload(None)
    printed = capsys.readouterr().out
    assert printed.startswith("\r\033[2K  uploading 1,200 files\n") or "  uploading 1,200 files\n" in printed
    assert "  100 of 1,200 files" in printed
