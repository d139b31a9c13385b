"""The reuse index: which jobs it has, and which of them is found."""

from __future__ import annotations

import pytest

from pushtrain.reuse import FinishedRun, ReuseIndex
from pushtrain.reuse.index import JOBS_PER_STEP, RUNS
from tests.unit.reuse.reusable import JOB, PARTS, build_job

LATER = "2026-11-28T08:00:00.000+00:00"


def test_a_job_is_found_by_environment_step_and_key() -> None:
    index = ReuseIndex(jobs=(JOB,))
    assert index.find_job("dev", "train", "k1") == JOB
    assert index.find_job("prod", "train", "k1") is None
    assert index.find_job("dev", "evaluate", "k1") is None
    assert index.find_job("dev", "train", "k2") is None


def test_of_two_jobs_with_one_key_the_newer_one_stays() -> None:
    newer = build_job(run="r2", name="job-2", ended=LATER)
    assert ReuseIndex().add([JOB]).add([newer]) == ReuseIndex().add([newer]).add([JOB]) == ReuseIndex(jobs=(newer,))


def test_a_job_that_is_added_again_stays_as_it_was() -> None:
    """A second event about the same end would otherwise record what was written below the prefix since."""
    assert ReuseIndex(jobs=(JOB,)).add([build_job(outputs="hash-2", key="k2")]) == ReuseIndex(jobs=(JOB,))


def test_each_step_keeps_its_newest_jobs() -> None:
    jobs = [
        build_job(step=step, key=f"k{number}", name=f"{step}-{number}", ended=f"2026-11-27T08:00:00.{number:03}+00:00")
        for number in range(JOBS_PER_STEP + 5)
        for step in ("train", "evaluate")
    ]
    index = ReuseIndex().add(jobs)
    assert len(index.jobs) == 2 * JOBS_PER_STEP
    assert index.find_job("dev", "train", "k4") is None
    assert index.find_job("dev", "train", "k5")
    assert index.find_job("dev", "evaluate", f"k{JOBS_PER_STEP + 4}")


def test_the_nearest_job_has_most_parts_in_common_and_is_the_newest_of_equals() -> None:
    far = build_job(run="far", name="job-3", key="k3", parts=PARTS | {"files": "x", "image": "x"}, ended=LATER)
    near = build_job(run="near", name="job-2", key="k2", parts=PARTS | {"files": "x"})
    index = ReuseIndex().add([far, near])
    assert index.find_nearest("dev", "train", PARTS) == near
    newer = build_job(run="newer", name="job-4", key="k4", parts=PARTS | {"settings": "x"}, ended=LATER)
    assert index.add([newer]).find_nearest("dev", "train", PARTS) == newer
    assert index.find_nearest("prod", "train", PARTS) is None


def test_the_document_is_read_back_and_another_schema_is_refused() -> None:
    index = ReuseIndex(jobs=(JOB, build_job(step="evaluate")))
    assert ReuseIndex.from_json(index.to_json()) == index
    with pytest.raises(ValueError, match="its schema is 2, expected 1"):
        ReuseIndex.from_json('{"schema": 2, "jobs": []}')


def build_run(number: int, *, key: str = "", environment: str = "dev") -> FinishedRun:
    return FinishedRun(
        key=key or f"k{number}",
        environment=environment,
        run=f"r{number}",
        ended=f"2026-11-27T08:00:00.{number:03}+00:00",
        outcome="registered",
        model_version=number,
        jobs={"train": f"job-{number}"},
    )


def test_each_environment_keeps_its_newest_runs_and_one_for_each_key() -> None:
    index = ReuseIndex().add((), [build_run(1, key="k"), build_run(2, key="k"), build_run(1, environment="prod")])
    assert index.find_run("dev", "k") == build_run(2, key="k")
    assert index.find_run("prod", "k") is None
    full = index.add((), [build_run(number) for number in range(3, RUNS + 8)])
    assert len([run for run in full.runs if run.environment == "dev"]) == RUNS
    assert full.find_run("dev", "k") is None
    assert ReuseIndex.from_json(full.to_json()) == full


def test_a_run_that_is_added_again_stays_as_it_was() -> None:
    index = ReuseIndex().add((), [build_run(1)])
    assert index.add((), [build_run(1, key="planted")]) == index


def test_an_index_of_before_there_were_runs_is_read() -> None:
    assert ReuseIndex.from_json('{"schema": 1, "jobs": []}') == ReuseIndex()
