"""What a comparison knows of a version and of a run."""

from __future__ import annotations

import msgspec
import pytest

from pushtrain.platform import Platform
from pushtrain.record import RunRecord
from pushtrain.report import columns
from pushtrain.report.columns import build_run_column, build_version_column, read_run_column, read_version_column
from pushtrain.runs import Run
from tests.sample_record import RECORD
from tests.sample_result import RESULT
from tests.unit.report.report_facts import version

RUN = Run(
    model="churn",
    run="r1",
    status="RUNNING",
    started=0.0,
    seconds=1.0,
    outcome="",
    metrics={"auc": 0.9},
    input=RECORD.execution_input(),
)
[JOB] = RESULT.jobs
PACKED = msgspec.structs.replace(RESULT, jobs=(msgspec.structs.replace(JOB, packages={"pandas": "2.2.0"}),))


def test_a_run_is_named_by_its_id() -> None:
    column = build_run_column(RUN, None, None, PACKED)
    assert (column.noun, column.number, column.status, column.created) == (
        "run", "r1", "running", "1970-01-01T00:00:00+00:00",
    )  # fmt: skip
    assert (column.revision, column.commit, column.metrics) == (RECORD.revision, RECORD.git.commit, {"auc": 0.9})
    assert column.packages == {JOB.step: {"pandas": "2.2.0"}}
    by_hand = build_run_column(msgspec.structs.replace(RUN, input={}, outcome="failed"), None, None, None)
    assert (by_hand.revision, by_hand.commit, by_hand.status, by_hand.packages) == ("", "unknown", "failed", None)


def test_a_version_is_named_by_its_number() -> None:
    column = build_version_column(version(), RECORD, None)
    assert (column.noun, column.number, column.status, column.packages) == ("version", 3, version().status, None)


def test_documents_of_the_run_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def read_record(_: Platform, model: str, run: str) -> RunRecord:
        return msgspec.structs.replace(RECORD, model=model, run=run)

    monkeypatch.setattr(columns, "read_run_record", read_record)
    monkeypatch.setattr(columns, "read_run_result", lambda *_: PACKED)
    monkeypatch.setattr(columns, "read_config", lambda *_: None)
    for column, run in (
        (read_run_column(Platform.local(), RUN), "r1"),
        (read_version_column(Platform.local(), version()), version().run),
    ):
        assert column.record
        assert (column.record.run, column.packages) == (run, {JOB.step: {"pandas": "2.2.0"}})
