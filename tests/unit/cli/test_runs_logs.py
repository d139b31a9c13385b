"""`runs logs`: each log below its job's name, in one stream; a step that is not there is told with those that are."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace

import pytest

from pushtrain.cli import outcome, program
from pushtrain.cli.commands.runs import logs as runs_logs
from pushtrain.cli.commands.runs import polling
from pushtrain.platform import PLATFORM_VARIABLE, Platform
from pushtrain.runs import Job, Run

PREPARED = Job(step="preprocess", name="j1", kind="Processing", status="Completed", seconds=2.0)
FAILED = Job(step="train", name="j2", kind="Training", status="Failed", seconds=9.0)
RUN = Run(model="m", run="r1", status="SUCCEEDED", started=0.0, seconds=1.0, outcome="", jobs=(PREPARED, FAILED))
USAGE = "Usage: pushtrain runs logs [OPTIONS] RUN\nTry 'pushtrain runs logs --help' for help.\n\n"
Logs = Callable[..., tuple[int, str, str]]


@pytest.fixture
def logs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Logs:
    monkeypatch.setenv(PLATFORM_VARIABLE, Platform.local("dev").to_json())
    monkeypatch.setattr(runs_logs, "read_log_lines", lambda _, job: iter([f"{job.name} a", f"{job.name} b"]))
    monkeypatch.setattr(runs_logs, "read_new_lines", lambda *_: iter(()))

    def logs(run: Run, *words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(runs_logs, "find_run", lambda *_: run)
        monkeypatch.setattr(polling, "read_run", lambda *_: run)
        code = outcome(lambda: program.main(["runs", "logs", "r1", *words], "pushtrain", standalone_mode=False))
        said = capsys.readouterr()
        return code, said.out, said.err

    return logs


def test_each_log_stands_below_its_job_in_one_stream(logs: Logs) -> None:
    both = "preprocess · j1 · Completed\nj1 a\nj1 b\ntrain · j2 · Failed\nj2 a\nj2 b\n"
    assert logs(RUN) == (0, both, "")


def test_one_job_of_a_step_is_its_log_alone(logs: Logs) -> None:
    assert logs(RUN, "--step", "train") == (0, "j2 a\nj2 b\n", "")
    twice = replace(RUN, jobs=(*RUN.jobs, replace(FAILED, name="j3", status="Completed")))
    told = "train · j2 · Failed\nj2 a\nj2 b\ntrain · j3 · Completed\nj3 a\nj3 b\n"
    assert logs(twice, "--step", "train") == (0, told, "")


@pytest.mark.parametrize("follow", [(), ("--follow",)])
def test_a_mistyped_step_is_told_with_those_there_are(logs: Logs, follow: tuple[str, ...]) -> None:
    said = "run r1 has no job of step 'trian'. Did you mean 'train'? There are: preprocess, train\n"
    assert logs(RUN, "--step", "trian", *follow) == (2, "", f"{USAGE}Error: {said}")
    said = "run r1 has no job of step 'zzz'. There are: preprocess, train\n"
    assert logs(RUN, "--step", "zzz", *follow) == (2, "", f"{USAGE}Error: {said}")


def test_a_run_without_jobs_has_no_logs(logs: Logs) -> None:
    assert logs(replace(RUN, jobs=()))[2] == f"{USAGE}Error: run r1 had no job\n"
    assert logs(replace(RUN, jobs=(), status="RUNNING"))[2] == f"{USAGE}Error: run r1 has no job yet\n"


def test_a_reader_that_has_enough_is_no_failure() -> None:
    command = [sys.executable, "-m", "pushtrain", "completion", "bash"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        running.stdout.close()
        assert running.stderr is not None
        assert (running.stderr.read(), running.wait()) == ("", 0)
