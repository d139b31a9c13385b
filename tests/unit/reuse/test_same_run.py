"""When a push would only repeat an earlier run."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from pushtrain.record import RecordedConfig, RecordedReuse, RecordedStep, ReusedJob, RunRecord, SameRun
from pushtrain.reuse import FinishedRun, ReuseIndex, build_run_key, find_same_run
from tests.sample_record import RECORD

DEFINITION = "{}"
JOBS = {"train": "train-1", "evaluate": "evaluate-1"}


def reuse(name: str) -> RecordedReuse:
    return RecordedReuse(run="r0", job=ReusedJob(name=name, status="Completed", arn="arn", prefix="p"))


CACHED = msgspec.structs.replace(
    RECORD,
    run="r1",
    steps={step: RecordedStep(cache=True) for step in JOBS},
    step_keys={"train": "k1", "evaluate": "k2"},
    reuse={step: reuse(job) for step, job in JOBS.items()},
)
KEY = build_run_key(CACHED, DEFINITION)
assert KEY
FINISHED = FinishedRun(
    key=KEY,
    environment=RECORD.environment,
    run="r0",
    ended="2026-11-27T08:00:00.000+00:00",
    outcome="registered",
    model_version=3,
    jobs=JOBS,
)
INDEX = ReuseIndex(runs=(FINISHED,))


def find(record: RunRecord, index: ReuseIndex = INDEX, *, definition: str = DEFINITION) -> SameRun | None:
    return find_same_run(msgspec.structs.replace(record, run_key=build_run_key(record, definition)), index)


def test_a_push_that_changes_nothing_is_the_same_as_the_earlier_run() -> None:
    pushed = msgspec.structs.replace(
        CACHED, revision="r", pushed_by="somebody else", git=msgspec.structs.replace(RECORD.git)
    )
    assert find(pushed) == SameRun(run="r0", outcome="registered", model_version=3)


@pytest.mark.parametrize(
    "changes",
    [
        {"config": RecordedConfig(uri="", version="", sha256="another gate")},
        {"files": {"unused.py": "1"}},
        {"step_keys": {"train": "k1", "evaluate": "k3"}},
        {"step_keys": {"train": None, "evaluate": "k2"}},
        {"environment": "dev"},
        {"experiment": {}},
        {"reuse": {"train": reuse("train-1"), "evaluate": RecordedReuse(run="r0", hindrance="--fresh")}},
        {"reuse": {"train": reuse("train-1"), "evaluate": reuse("evaluate-2")}},
        {"steps": {**CACHED.steps, "report": RecordedStep()}, "step_keys": {**CACHED.step_keys, "report": "k"}},
        {"run": "r0"},
    ],
)
def test_a_push_that_changes_anything_is_not(changes: dict[str, Any]) -> None:
    assert find(msgspec.structs.replace(CACHED, **changes)) is None


def test_neither_is_one_with_another_definition() -> None:
    assert find(CACHED, definition='{"StartAt": "decide"}') is None


def test_a_run_with_a_step_that_always_runs_has_no_key() -> None:
    assert build_run_key(msgspec.structs.replace(CACHED, steps={"train": RecordedStep()}), DEFINITION) is None
