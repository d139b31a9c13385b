"""`runs logs`: each log below the name of its job, and new lines until the run has ended."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from msgspec.structs import replace

from pushtrain.catalog import job_kinds
from pushtrain.cli import program, run_command
from pushtrain.cli.commands.runs import logs as runs_logs
from pushtrain.cli.commands.runs import polling
from pushtrain.platform import PLATFORM_VARIABLE, Platform
from pushtrain.runs import Job, Run

PREPARED = Job(step="preprocess", name="j1", kind=job_kinds.PROCESSING, status="Completed", seconds=2.0)
FAILED = Job(step="train", name="j2", kind=job_kinds.TRAINING, status="Failed", seconds=9.0)
RUN = Run(model="m", run="r1", status="SUCCEEDED", started=0.0, seconds=1.0, outcome="", jobs=(PREPARED, FAILED))
USAGE = "Usage: pushtrain runs logs [OPTIONS] RUN\nTry 'pushtrain runs logs --help' for help.\n\n"
NO_JOB = "run r1 ended before a job started, so it has no logs. `pushtrain runs show r1 --environment dev` says why"
Logs = Callable[..., tuple[int, str, str]]


@pytest.fixture
def logs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Logs:
    monkeypatch.setenv(PLATFORM_VARIABLE, Platform.local("dev").to_json())
    monkeypatch.setattr(runs_logs, "read_log_lines", lambda _, job: iter([f"{job.name} a", f"{job.name} b"]))
    monkeypatch.setattr(runs_logs, "read_new_lines", lambda *_: iter(()))

    def logs(run: Run, *words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(runs_logs, "find_run", lambda *_: run)
        monkeypatch.setattr(polling, "read_run", lambda *_: run)
        code = run_command(lambda: program.main(["runs", "logs", "r1", *words], "pushtrain", standalone_mode=False))
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return logs


def test_each_log_stands_below_its_job_in_one_stream(logs: Logs) -> None:
    both = "preprocess · j1 · Completed\nj1 a\nj1 b\ntrain · j2 · Failed\nj2 a\nj2 b\n"
    assert logs(RUN) == (0, both, "")


def test_one_job_of_a_step_is_its_log_alone(logs: Logs) -> None:
    assert logs(RUN, "--step", "train") == (0, "j2 a\nj2 b\n", "")
    twice = replace(RUN, jobs=(*RUN.jobs, replace(FAILED, name="j3", status="Completed")))
    printed = "train · j2 · Failed\nj2 a\nj2 b\ntrain · j3 · Completed\nj3 a\nj3 b\n"
    assert logs(twice, "--step", "train") == (0, printed, "")


@pytest.mark.parametrize("follow", [(), ("--follow",)])
def test_an_unknown_step_is_refused_with_the_steps_of_the_run(logs: Logs, follow: tuple[str, ...]) -> None:
    message = "run r1 has no job of step 'trian'. Did you mean 'train'? There are: preprocess, train\n"
    assert logs(RUN, "--step", "trian", *follow) == (2, "", f"{USAGE}Error: {message}")
    message = "run r1 has no job of step 'zzz'. There are: preprocess, train\n"
    assert logs(RUN, "--step", "zzz", *follow) == (2, "", f"{USAGE}Error: {message}")


def test_a_run_without_jobs_has_no_logs(logs: Logs) -> None:
    assert logs(replace(RUN, jobs=()))[2] == f"{USAGE}Error: {NO_JOB}\n"
    assert logs(replace(RUN, jobs=(), status="RUNNING"))[2] == f"{USAGE}Error: run r1 has no job yet\n"


def test_json_names_the_kind_of_a_missing_job(logs: Logs) -> None:
    message = "run r1 has no job of step 'zzz'. There are: preprocess, train"
    code, out, _ = logs(RUN, "--step", "zzz", "--json")
    assert (code, json.loads(out)) == (2, {"error": {"kind": "JobNotFound", "message": message}})
    out = logs(replace(RUN, jobs=()), "--json")[1]
    assert json.loads(out)["error"] == {"kind": "JobNotFound", "message": NO_JOB}


def test_new_lines_are_printed_until_the_run_has_ended_and_once_more(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(polling, "wait", pauses.append)
    training = replace(FAILED, status="InProgress")
    running = replace(RUN, status="RUNNING", jobs=(PREPARED, training))
    reads = iter([running, running, RUN])
    written = {"j1": iter([["a"], [], []]), "j2": iter([[], ["b", "c"], ["late"]])}
    runs_logs.follow_logs(lambda: next(reads), lambda job: next(written[job.name]), 5.0)
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("preprocess · j1\na\ntrain · j2\nb\nc\nlate\n", "")
    assert pauses == [5.0, 5.0, 5.0]


def test_lines_of_jobs_that_write_at_the_same_time_are_told_apart(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(polling, "wait", lambda _: None)
    jobs = (replace(PREPARED, status="InProgress"), replace(FAILED, status="InProgress"))
    running = replace(RUN, status="RUNNING", jobs=jobs)
    reads = iter([running, running, RUN])
    written = {"j1": iter([["a"], ["b"], []]), "j2": iter([["c"], ["d"], ["e"]])}
    runs_logs.follow_logs(lambda: next(reads), lambda job: next(written[job.name]), 5.0)
    prepared, failed = "preprocess · j1", "train · j2"
    assert capsys.readouterr().out.splitlines() == [prepared, "a", failed, "c", prepared, "b", failed, "d", "e"]
