"""How long the steps of a model usually take."""

from __future__ import annotations

import pytest

from pushtrain.catalog import job_kinds
from pushtrain.platform import Platform
from pushtrain.runs import durations
from pushtrain.runs.model import Job, Run

SECONDS = {"a": 10.0, "b": 20.0, "c": 90.0}


def run(name: str) -> Run:
    jobs = (
        Job(step="train", name=f"{name}-1", kind=job_kinds.TRAINING, status="Failed", seconds=1000.0),
        Job(step="train", name=f"{name}-2", kind=job_kinds.TRAINING, status="Completed", seconds=SECONDS[name]),
    )
    return Run(model="m", run=name, status="SUCCEEDED", started=0.0, seconds=0.0, outcome="registered", jobs=jobs)


@pytest.fixture(autouse=True)
def three_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(durations, "list_runs", lambda *_: [run(name) for name in SECONDS])
    monkeypatch.setattr(durations, "read_run", lambda _platform, _model, name: run(name))


def test_the_median_of_completed_jobs_counts() -> None:
    assert durations.find_usual_seconds(Platform.local(), "m") == {"train": 20.0}


def test_one_run_can_be_left_out() -> None:
    assert durations.find_usual_seconds(Platform.local(), "m", except_run="c") == {"train": 15.0}
