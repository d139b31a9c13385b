"""The end of a run on this machine wakes `on_run_end`: the report lies where the version says before `wait` returns."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pushtrain.aws import client
from pushtrain.cli import outcome, program
from pushtrain.local.aws import ON_RUN_END, LocalAws, up
from pushtrain.local.events import Event, ExecutionEnded, StateEntered
from pushtrain.local.run_ends import RunEnds
from pushtrain.model_repo.folder import read_model_repo
from pushtrain.platform import Platform
from pushtrain.pushes.upload import upload
from pushtrain.registry import read_version
from tests.embedded.conftest import MakeRepo
from tests.unit.report.html_view import parse

PLATFORM = Platform.local()


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[LocalAws]:
    with up(tmp_path / "store", PLATFORM) as machine:
        yield machine


def run(machine: LocalAws, folder: Path) -> None:
    upload(read_model_repo(folder), "plain", PLATFORM, repeat=True)
    machine.wait(machine.invocations[-1].result["pushes"][0]["arn"])


def reports(machine: LocalAws) -> list[object]:
    return [call.error or call.result["reported"] for call in machine.invocations if call.function == ON_RUN_END]


@pytest.mark.slow
def test_the_report_lies_where_the_version_says(machine: LocalAws, make_repo: MakeRepo) -> None:
    run(machine, make_repo())
    version = read_version(PLATFORM, "plain", 1)
    uri = version.properties["report"]
    assert uri == f"s3://{PLATFORM.artifact_bucket}/plain/runs/{version.run}/report.html"
    assert reports(machine) == [{"model": "plain", "version": 1, "uri": uri}]
    found = client("s3").get_object(Bucket=PLATFORM.artifact_bucket, Key=uri.partition("//")[2].partition("/")[2])
    assert found["ContentType"] == "text/html; charset=utf-8"
    document = parse(found["Body"].read().decode())
    assert "✓ The gate is met" in document.text
    assert "Nothing: it ran on this machine." in document.text


@pytest.mark.slow
def test_a_run_that_registers_nothing_has_no_report(machine: LocalAws, make_repo: MakeRepo) -> None:
    run(machine, make_repo("gate-not-met"))
    assert reports(machine) == [None]


@pytest.mark.slow
def test_a_run_that_failed_wakes_nobody(machine: LocalAws, make_repo: MakeRepo) -> None:
    run(machine, make_repo("raises"))
    assert reports(machine) == []


@pytest.mark.slow
def test_a_report_that_cannot_be_written_is_said_and_the_model_stays(
    make_repo: MakeRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object) -> None:
        raise RuntimeError("no room")

    monkeypatch.setattr("pushtrain.report.ended.put_report", refuse)
    arguments = ["run", str(make_repo()), "--store", str(tmp_path / "store")]
    assert outcome(lambda: program.main(arguments, standalone_mode=False)) == 0
    said = capsys.readouterr()
    assert "registered  plain version 1" in said.out
    assert said.err.endswith("the report could not be written: no room\n")


# --- who is woken, and who waits


ARN = "arn:aws:states:us-east-1:123456789012:execution:pushtrain-churn:r"


def entered() -> Event:
    return StateEntered(execution=ARN, state="train", time=datetime.now(UTC))


def test_a_run_is_pending_until_what_its_end_woke_has_returned() -> None:
    seen: list[bool] = []
    ends = RunEnds(lambda arn: seen.append(ends.is_pending(arn)))
    ends.handle(entered())
    assert ends.is_pending(ARN)
    ends.handle(ExecutionEnded(arn=ARN, status="SUCCEEDED"))
    assert (seen, ends.is_pending(ARN), ends.count) == ([True], False, 1)
    ends.handle(entered())  # a branch that speaks up late
    assert not ends.is_pending(ARN)


def test_after_the_close_nobody_is_woken() -> None:
    woken: list[str] = []
    ends = RunEnds(woken.append)
    ends.handle(ExecutionEnded(arn=ARN, status="ABORTED"))
    ends.close()
    ends.handle(ExecutionEnded(arn=ARN, status="SUCCEEDED"))
    assert woken == []
