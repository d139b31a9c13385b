"""A run that ends on this computer calls `on_run_end`; `wait` returns after its result and report are written."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import pushtrain
from pushtrain.aws import client
from pushtrain.cli import program, run_command
from pushtrain.launch.state_machine import build_execution_arn
from pushtrain.local.aws import LocalAws, up
from pushtrain.local.triggers import ON_RUN_END
from pushtrain.model_repo.contents import read_model_repo
from pushtrain.platform import Platform
from pushtrain.pushes.upload import upload
from pushtrain.registry import read_version
from pushtrain.runs import list_runs, read_run_result
from tests.embedded.conftest import MakeRepo
from tests.unit.report.html_view import parse

PLATFORM = Platform.local()


@pytest.fixture
def local_aws(tmp_path: Path) -> Iterator[LocalAws]:
    with up(tmp_path / "store", PLATFORM) as local_aws:
        yield local_aws


def run(local_aws: LocalAws, folder: Path) -> None:
    push = upload(read_model_repo(folder), "plain", PLATFORM, repeat=True).push
    local_aws.wait(build_execution_arn(PLATFORM, "plain", push.run))


def read_reports(local_aws: LocalAws) -> list[object]:
    return [call.error or call.result["report"] for call in local_aws.invocations if call.function == ON_RUN_END]


@pytest.mark.slow
def test_the_report_lies_where_the_version_says(local_aws: LocalAws, make_repo: MakeRepo) -> None:
    run(local_aws, make_repo())
    version = read_version(PLATFORM, "plain", 1)
    uri = version.properties["report"]
    assert uri == f"s3://{PLATFORM.artifact_bucket}/plain/runs/{version.run}/report.html"
    assert read_reports(local_aws) == [{"model": "plain", "version": 1, "uri": uri}]
    report = client("s3").get_object(Bucket=PLATFORM.artifact_bucket, Key=uri.partition("//")[2].partition("/")[2])
    assert report["ContentType"] == "text/html; charset=utf-8"
    document = parse(report["Body"].read().decode())
    assert "✓ The gate is met" in document.text
    assert "Nothing: the run was on this computer." in document.text


@pytest.mark.slow
def test_a_run_that_registers_nothing_has_no_report(local_aws: LocalAws, make_repo: MakeRepo) -> None:
    run(local_aws, make_repo("gate-not-met"))
    assert read_reports(local_aws) == [None]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "status", "outcome", "failed_step"),
    [
        ("plain", "SUCCEEDED", "registered", None),
        ("gate-not-met", "SUCCEEDED", "not_registered", None),
        ("raises", "FAILED", "failed", "train"),
    ],
)
def test_every_end_leaves_its_result(
    local_aws: LocalAws, make_repo: MakeRepo, name: str, status: str, outcome: str, failed_step: str | None
) -> None:
    run(local_aws, make_repo(name))
    [call] = [call for call in local_aws.invocations if call.function == ON_RUN_END]
    model, _, run_id = call.result["result"].split("/")[3:6]
    result = read_run_result(PLATFORM, model, run_id)
    assert result
    assert (result.status, result.outcome, result.failed_step) == (status, outcome, failed_step)
    assert result.jobs[0].outputs["train"].startswith(f"s3://{PLATFORM.artifact_bucket}/{result.jobs[0].prefix}/")
    assert [bool(job.packages) for job in result.jobs] == [job.status == "Completed" for job in result.jobs]
    assert result.cost is None
    assert bool(result.reason) == (outcome != "registered")


def test_waiting_for_a_redriven_run_waits_for_the_handler_of_its_second_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []
    has_ended_again, is_waited_for = threading.Event(), threading.Event()

    def handle_end(*_: object) -> None:
        if calls:
            has_ended_again.set()
            is_waited_for.wait(20)
        calls.append("handled")

    monkeypatch.setattr(f"{__name__}.handle_end", handle_end, raising=False)
    with up(tmp_path / "store", PLATFORM, handlers={ON_RUN_END: f"{__name__}.handle_end"}) as local_aws:
        states = client("stepfunctions")
        definition = json.dumps({"StartAt": "Fail", "States": {"Fail": {"Type": "Fail"}}})
        machine = states.create_state_machine(name="m", definition=definition, roleArn=PLATFORM.states_role)
        arn = states.start_execution(stateMachineArn=machine["stateMachineArn"], name="r")["executionArn"]
        local_aws.wait(arn)
        states.redrive_execution(executionArn=arn)
        assert has_ended_again.wait(20)
        condition = local_aws._ends.changed
        wait_for = condition.wait_for

        def report_and_wait(predicate: Callable[[], bool], seconds: float | None = None) -> bool:
            is_waited_for.set()
            return wait_for(predicate, seconds)

        monkeypatch.setattr(condition, "wait_for", report_and_wait)
        local_aws.wait(arn)
        calls.append("waited")
        is_waited_for.set()
    assert calls == ["handled", "handled", "waited"]


@pytest.mark.slow
def test_a_stopped_run_leaves_its_result(make_repo: MakeRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(self: LocalAws, arn: str, timeout: float | None = None) -> None:
        raise KeyboardInterrupt

    store = tmp_path / "store"
    monkeypatch.setattr(LocalAws, "wait", interrupt)
    with pytest.raises(KeyboardInterrupt):
        pushtrain.run(make_repo(), store=store)
    with up(store, PLATFORM):
        [stopped] = list_runs(PLATFORM, "plain")
        result = read_run_result(PLATFORM, "plain", stopped.run)
    assert result
    assert (result.status, result.outcome, result.reason) == ("ABORTED", "failed", "stopped")


@pytest.mark.slow
def test_a_report_that_cannot_be_written_is_said_and_the_model_stays(
    make_repo: MakeRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object) -> None:
        raise RuntimeError("no room")

    monkeypatch.setattr("pushtrain.report.ended.put_report", refuse)
    arguments = ["run", str(make_repo()), "--store", str(tmp_path / "store")]
    assert run_command(lambda: program.main(arguments, standalone_mode=False)) == 0
    printed = capsys.readouterr()
    assert "registered  plain version 1" in printed.out
    assert printed.err.endswith("the result or the report of the run could not be written: no room\n")
