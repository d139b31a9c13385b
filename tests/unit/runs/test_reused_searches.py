"""The trials of a search that was reused are those of the earlier run."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from pushtrain.platform import Platform
from pushtrain.record import RecordedReuse, ReusedJob, Trial
from pushtrain.runs import reused_searches
from pushtrain.runs.reused_searches import ReusedSearch, read_reused_searches
from tests.sample_result import RESULT

TRIAL = Trial(
    number=1,
    name="t-1",
    arn="a",
    status="Completed",
    seconds=2.0,
    metric="auc",
    value=0.9,
    rank=1,
    hyperparameters={},
    is_best=True,
)


def read(monkeypatch: pytest.MonkeyPatch, job: str, *trials: Trial) -> tuple[tuple[ReusedSearch, ...], list[str]]:
    """Return the searches of a run that reused `job` for train and another one for evaluate, and the results read."""
    runs: list[str] = []
    jobs = tuple(replace(RESULT.jobs[0], step=step, trials=trials) for step in ("train", "evaluate"))

    def read_result(_: Platform, model: str, run: str) -> object:
        runs.append(run)
        return replace(RESULT, jobs=jobs) if run == "r1" else None

    monkeypatch.setattr(reused_searches, "read_run_result", read_result)
    names = {"train": job, "evaluate": "e-1"}
    reuse = {
        step: RecordedReuse(run="r1", job=ReusedJob(name=name, status="Completed", arn="a", prefix="p"))
        for step, name in names.items()
    }
    gone = RecordedReuse(run="r0", job=ReusedJob(name="t-1", status="Completed", arn="a", prefix="p"))
    runs_itself = RecordedReuse(run="r9")
    all_steps = {**reuse, "embed": gone, "clean": runs_itself}
    return read_reused_searches(Platform.local(), "churn", all_steps.items()), runs


def test_the_trials_are_those_of_the_run_that_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    searches, runs = read(monkeypatch, "t-1", TRIAL)
    assert searches == (ReusedSearch(step="train", run="r1", trials=(TRIAL,)),)
    assert sorted(runs) == ["r0", "r1"]  # each result is read once


def test_a_job_that_is_no_trial_has_no_search(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(monkeypatch, "other", TRIAL)[0] == ()
    assert read(monkeypatch, "t-1")[0] == ()
