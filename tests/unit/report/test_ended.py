"""A run's end: what a template of one's own says it made is not believed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pushtrain.errors import RunFailed
from pushtrain.platform import Platform
from pushtrain.registry import ModelVersion
from pushtrain.report import ended
from pushtrain.runs import Run
from tests.unit.report.report_facts import facts, version

EVENT: dict[str, Any] = json.loads((Path(__file__).parents[2] / "events" / "run-succeeded.json").read_text())
PLATFORM = Platform.local()
MODEL, RUN = "churn", "a1b2c3d4e5f6-0a1b2c"

ENDED = Run(
    model=MODEL, run=RUN, status="SUCCEEDED", started=0.0, seconds=1.0, outcome="registered", model_package="arn"
)


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Addresses of the reports that are written."""
    found: list[str] = []
    monkeypatch.setattr(ended, "read_run", lambda *_: ENDED)
    monkeypatch.setattr(ended, "gather_facts", lambda *_: facts())
    monkeypatch.setattr(ended, "put_report", lambda _, uri, text: found.append(uri))
    return found


def test_the_report_of_the_runs_own_version_is_written(written: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ended, "find_version", lambda *_: version(model=MODEL, run=RUN))
    assert ended.receive(EVENT, PLATFORM)
    assert written == [f"s3://{PLATFORM.artifact_bucket}/{MODEL}/runs/{RUN}/report.html"]


@pytest.mark.parametrize("theirs", [version(model="fraud", run=RUN), version(model=MODEL, run="earlier"), None])
def test_nobody_writes_the_report_of_another_run(
    written: list[str], monkeypatch: pytest.MonkeyPatch, theirs: ModelVersion | None
) -> None:
    monkeypatch.setattr(ended, "find_version", lambda *_: theirs)
    assert ended.receive(EVENT, PLATFORM) is None
    assert written == []


def test_a_description_that_lags_behind_the_event_is_asked_for_again(
    written: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ended, "read_run", lambda *_: replace(ENDED, status="RUNNING", outcome="", model_package=""))
    with pytest.raises(RunFailed) as told:
        ended.receive(EVENT, PLATFORM)
    assert (
        str(told.value)
        == "run a1b2c3d4e5f6-0a1b2c of churn has succeeded according to its event; Step Functions says RUNNING"
    )
    assert written == []
