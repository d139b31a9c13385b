"""Which jobs of a run that ended may be reused by later runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pushtrain import aws
from pushtrain.catalog.job_kinds import TRAINING
from pushtrain.layout import build_input_key
from pushtrain.local.aws import up
from pushtrain.platform import Platform
from pushtrain.record import RecordedJob, RecordedReuse, RecordedStep, RecordedTimes, ReusedJob, RunResult
from pushtrain.reuse import FinishedRun, ReusableJob, read_index
from pushtrain.runs import Job, Run, write_reusable_jobs
from tests.sample_record import RECORD

PLATFORM = Platform.local()
TIMES = RecordedTimes(started="2026-11-27T08:00:00.000+00:00", ended="2026-11-27T09:00:00.000+00:00")
PREFIX = f"churn/runs/{RECORD.run}/train/job-1"
STEP = RecordedStep(cache=True, parts={"files": "f"}, inputs={"rows": "split.rows", "raw": "data.raw"})
REUSED = ReusedJob(name="split-1", status="Completed", arn="arn", prefix="p")
CACHED = msgspec.structs.replace(
    RECORD,
    steps={"split": RecordedStep(cache=True), "train": STEP},
    step_keys={"split": "k0", "train": "k1"},
    reuse={"split": RecordedReuse(run="r0", job=REUSED)},
)
JOB = Job(
    step="train",
    name="job-1",
    kind=TRAINING,
    status="Completed",
    seconds=1.0,
    started=0.0,
    described={"TrainingJobArn": "arn of job-1"},
)
RESULT = RunResult(
    run=RECORD.run,
    model="churn",
    status="SUCCEEDED",
    outcome="registered",
    reason="",
    failed_step=None,
    model_version=1,
    model_package=None,
    definition_version=1,
    redrives=0,
    times=TIMES,
    seconds=1.0,
    jobs=(
        RecordedJob(
            step="train",
            kind="training",
            name="job-1",
            status="Completed",
            seconds=1.0,
            times=TIMES,
            reason="",
            instance="ml.m5.large",
            instances=1,
            spot=False,
            image=None,
            prefix=PREFIX,
            outputs={},
            cost=None,
            packages=None,
        ),
    ),
    verdict=None,
    cost=None,
)


@pytest.fixture
def s3(tmp_path: Path) -> Iterator[Any]:
    with up(tmp_path / "store", PLATFORM, handlers={}):
        client = aws.client("s3")
        client.put_object(Bucket=PLATFORM.artifact_bucket, Key=f"{PREFIX}/output/model.tar.gz", Body=b"1")
        yield client


def write(s3: Any, *, record: Any = CACHED, job: Job = JOB, **result: Any) -> tuple[ReusableJob, ...]:
    key = build_input_key(record.model, record.run)
    s3.put_object(Bucket=PLATFORM.artifact_bucket, Key=key, Body=record.to_json().encode())
    run = Run(model="churn", run=RECORD.run, status="SUCCEEDED", started=0.0, seconds=1.0, outcome="", jobs=(job,))
    write_reusable_jobs(PLATFORM, run, msgspec.structs.replace(RESULT, **result))
    return read_index(s3, PLATFORM.artifact_bucket, "churn").jobs


def test_a_completed_job_is_added_with_what_it_read_from(s3: Any) -> None:
    (job,) = write(s3)
    assert (job.step, job.key, job.parts, job.environment) == ("train", "k1", {"files": "f"}, "prod")
    assert (job.run, job.name, job.arn, job.prefix) == (RECORD.run, "job-1", "arn of job-1", PREFIX)
    assert (job.sources, job.ended) == ({"split": "split-1"}, TIMES.ended)


def test_a_second_event_about_the_same_end_changes_nothing(s3: Any) -> None:
    first = write(s3)
    s3.put_object(Bucket=PLATFORM.artifact_bucket, Key=f"{PREFIX}/output/planted", Body=b"1")
    assert write(s3) == first


@pytest.mark.parametrize(
    "result",
    [
        {"status": "FAILED"},
        {"status": "ABORTED"},
        {"redrives": 1},
        {"data_changed": ("raw",)},
        {"data_after": {"raw": None}},
    ],
)
def test_a_run_that_did_not_end_well_or_whose_data_changed_has_none(s3: Any, result: dict[str, Any]) -> None:
    assert write(s3, **result) == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"steps": {"train": msgspec.structs.replace(STEP, cache=False)}},
        {"step_keys": {"train": None}},
        {"resumed_from": {"train": "r0"}},
        {"steps": {}, "step_keys": {}},
    ],
)
def test_a_step_without_cache_or_key_has_none(s3: Any, changes: dict[str, Any]) -> None:
    assert write(s3, record=msgspec.structs.replace(CACHED, **changes)) == ()


def test_a_job_that_did_not_complete_has_none(s3: Any) -> None:
    assert write(s3, job=msgspec.structs.replace(JOB, status="Stopped")) == ()


def test_outputs_that_were_written_again_before_the_end_are_not_recorded(s3: Any) -> None:
    s3.put_object(Bucket=PLATFORM.artifact_bucket, Key=f"{PREFIX}/output/model.tar.gz", Body=b"1")
    assert write(s3) == ()


def find_runs(s3: Any, **changes: Any) -> tuple[FinishedRun, ...]:
    record = msgspec.structs.replace(CACHED, run_key="key", **changes)
    write(s3, record=record)
    return read_index(s3, PLATFORM.artifact_bucket, "churn").runs


def test_a_run_is_added_with_the_jobs_that_it_used(s3: Any) -> None:
    (finished,) = find_runs(s3)
    assert (finished.key, finished.run, finished.environment) == ("key", RECORD.run, "prod")
    assert finished.jobs == {"split": "split-1", "train": "job-1"}
    assert (finished.outcome, finished.model_version, finished.ended) == ("registered", 1, TIMES.ended)


@pytest.mark.parametrize("changes", [{"resumed_from": {"train": "r0"}}, {"reuse": {}}])
def test_a_run_that_continued_checkpoints_or_left_a_step_out_is_not(s3: Any, changes: dict[str, Any]) -> None:
    assert find_runs(s3, **changes) == ()
