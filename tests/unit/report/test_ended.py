"""A run's end: its result is written for every end; the report is that of the run's own version only."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from pushtrain.errors import RunNotEnded
from pushtrain.platform import Platform
from pushtrain.record import RunResult
from pushtrain.registry import ModelVersion
from pushtrain.report import ended
from pushtrain.runs import Run
from tests.unit.report.report_facts import facts, version

EVENT: dict[str, Any] = json.loads((Path(__file__).parents[2] / "events" / "run-succeeded.json").read_text())
PLATFORM = Platform.local()
MODEL, RUN = "churn", "a1b2c3d4e5f6-0a1b2c"
FOLDER = f"s3://{PLATFORM.artifact_bucket}/{MODEL}/runs/{RUN}"
ENDED = Run(
    model=MODEL, run=RUN, status="SUCCEEDED", started=0.0, seconds=1.0, outcome="registered", model_package="arn"
)
FAILED = replace(ENDED, status="FAILED", outcome="failed", model_package="")


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The S3 URIs of what is written."""
    uris: list[str] = []

    def write_result(_: Platform, result: RunResult) -> str:
        uris.append(f"s3://{PLATFORM.artifact_bucket}/{result.model}/runs/{result.run}/result.json")
        return uris[-1]

    monkeypatch.setattr(ended, "read_run", lambda *_: ENDED)
    monkeypatch.setattr(ended, "record_checkpoints", lambda *_: None)
    monkeypatch.setattr(ended, "write_reusable_jobs", lambda *_: None)
    monkeypatch.setattr(ended, "record_inputs", lambda *_: None)
    for name in ("read_verdict_document", "read_run_record", "read_run_result"):
        monkeypatch.setattr(f"pushtrain.runs.result.{name}", lambda *_: None)
    monkeypatch.setattr(ended, "write_run_result", write_result)
    monkeypatch.setattr(ended, "gather_facts", lambda *_: facts())
    monkeypatch.setattr(ended, "put_report", lambda _, uri, text: uris.append(uri))
    monkeypatch.setattr(ended, "find_version", lambda *_: version(model=MODEL, run=RUN))
    return uris


def change_event(**changes: object) -> dict[str, Any]:
    return {**EVENT, "detail": {**EVENT["detail"], **changes}}


@pytest.mark.parametrize("run", [ENDED, FAILED], ids=["registered", "failed"])
def test_lists_show_what_the_run_left_after_everything_else_is_written(
    written: list[str], monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    monkeypatch.setattr(ended, "read_run", lambda *_: run)
    monkeypatch.setattr(ended, "refresh_model", lambda _, model: written.append(f"index of {model}"))
    ended.receive(change_event(status=run.status), PLATFORM)
    assert written[-1] == f"index of {MODEL}"
    assert written[0] == f"{FOLDER}/result.json"


def test_the_result_and_the_report_of_the_runs_own_version_are_written(written: list[str]) -> None:
    recorded = ended.receive(EVENT, PLATFORM)
    assert written == [f"{FOLDER}/result.json", f"{FOLDER}/report.html"]
    report = ended.WrittenReport(model=MODEL, version=version().version, uri=written[1])
    assert recorded == ended.RecordedEnd(result=written[0], report=report)


@pytest.mark.parametrize("status", ["FAILED", "ABORTED", "TIMED_OUT"])
def test_a_run_that_did_not_succeed_has_a_result_without_a_report(
    written: list[str], monkeypatch: pytest.MonkeyPatch, status: str
) -> None:
    monkeypatch.setattr(ended, "read_run", lambda *_: replace(FAILED, status=status))
    recorded = ended.receive(change_event(status=status), PLATFORM)
    assert recorded == ended.RecordedEnd(result=f"{FOLDER}/result.json", report=None)
    assert written == [f"{FOLDER}/result.json"]


@pytest.mark.parametrize("theirs", [version(model="fraud", run=RUN), version(model=MODEL, run="earlier"), None])
def test_nobody_writes_the_report_of_another_run(
    written: list[str], monkeypatch: pytest.MonkeyPatch, theirs: ModelVersion | None
) -> None:
    monkeypatch.setattr(ended, "find_version", lambda *_: theirs)
    recorded = ended.receive(EVENT, PLATFORM)
    assert recorded
    assert recorded.report is None
    assert written == [f"{FOLDER}/result.json"]


def test_a_description_that_lags_behind_the_event_is_read_again(
    written: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ended, "read_run", lambda *_: replace(ENDED, status="RUNNING", outcome="", model_package=""))
    with pytest.raises(RunNotEnded) as raised:
        ended.receive(EVENT, PLATFORM)
    assert str(raised.value) == (
        "run a1b2c3d4e5f6-0a1b2c of churn is SUCCEEDED according to its event; Step Functions says RUNNING. "
        "Deliver the event again: Step Functions may report the end later"
    )
    assert written == []


def test_the_late_event_of_a_run_that_was_redriven_since_writes_nothing(
    written: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ended, "read_run", lambda *_: replace(FAILED, status="RUNNING", redrives=1))
    assert ended.receive(change_event(status="FAILED", redriveCount=0), PLATFORM) is None
    assert written == []
    monkeypatch.setattr(ended, "read_run", lambda *_: replace(FAILED, redrives=1))
    assert ended.receive(change_event(status="FAILED", redriveCount=1), PLATFORM)
    assert written == [f"{FOLDER}/result.json"]


def test_a_model_that_answered_a_file_is_deleted_and_nothing_is_written(
    written: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    deleted: list[str] = []
    monkeypatch.setattr(ended, "delete_model", lambda _, name: deleted.append(name))
    arn = "arn:aws:states:us-east-1:123456789012:execution:pushtrain_score:8c1f"
    assert ended.receive(change_event(executionArn=arn, status="ABORTED"), PLATFORM) is None
    assert (deleted, written) == (["pushtrain--score-8c1f"], [])
