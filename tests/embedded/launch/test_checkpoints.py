"""Checkpoints of a run that did not finish a step, continued by the next one: what `launch` decides."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from pushtrain import aws
from pushtrain.launch.checkpoints import (
    build_document_key,
    list_checkpoint_steps,
    read_unfinished_step,
    resume_steps,
    write_unfinished_step,
)
from pushtrain.launch.run_record import save_run_record
from pushtrain.layout import build_job_outputs_pattern
from pushtrain.local.aws import LocalAws
from pushtrain.record import RunRecord, UnfinishedStep
from tests.embedded.launch.plain import PLATFORM
from tests.infra.evaluator import matches
from tests.sample_record import RECORD

pytestmark = pytest.mark.usefixtures("local_aws")
SETTINGS: dict[str, Any] = {"train": {"checkpoint": "/opt/ml/checkpoints"}, "embed": {"checkpoint": None}}
NEXT = replace(RECORD, run="next", parameters=SETTINGS, step_keys={"train": "1" * 64, "embed": "2" * 64})
STOPPED = UnfinishedStep(runs=("stopped",), checkpoints="stopped")


def put(document: UnfinishedStep, record: RunRecord = NEXT) -> None:
    s3 = aws.client("s3")
    _, condition = read_unfinished_step(s3, record, "train", PLATFORM)
    assert write_unfinished_step(s3, record, "train", document, condition, PLATFORM)


def resume(record: RunRecord = NEXT) -> dict[str, str]:
    return dict(resume_steps(aws.client("s3"), record, PLATFORM).resumed_from)


def test_the_next_run_of_the_same_step_continues_and_no_other_one() -> None:
    put(STOPPED)
    assert list_checkpoint_steps(NEXT) == ["train"]
    assert resume() == {"train": "stopped"}
    assert resume() == {"train": "stopped"}  # the first delivery died before it wrote the run record
    assert resume(replace(NEXT, run="third")) == {}


@pytest.mark.parametrize(
    "other",
    [
        replace(NEXT, model="churn-eu"),
        replace(NEXT, environment="dev"),
        replace(NEXT, step_keys={"train": "3" * 64, "embed": None}),
        replace(NEXT, step_keys={"train": None, "embed": None}),
        replace(NEXT, parameters={"train": {"checkpoint": None}}),
    ],
    ids=["model", "environment", "step key", "unknown step key", "no checkpoints"],
)
def test_what_differs_does_not_continue(other: RunRecord) -> None:
    put(STOPPED)
    assert resume(other) == {}
    assert resume() == {"train": "stopped"}


def test_a_finished_run_is_not_continued() -> None:
    put(STOPPED.add_end("stopped", None))
    assert resume() == {}


def test_of_two_runs_that_start_at_the_same_time_one_continues(monkeypatch: pytest.MonkeyPatch) -> None:
    put(STOPPED)
    s3 = aws.client("s3")
    document, condition = read_unfinished_step(s3, NEXT, "train", PLATFORM)
    assert resume() == {"train": "stopped"}
    assert document
    assert not write_unfinished_step(s3, NEXT, "train", document, condition, PLATFORM)


def test_a_lost_answer_of_s3_loses_no_checkpoints(monkeypatch: pytest.MonkeyPatch) -> None:
    """botocore sends the request again, and S3 refuses it: the document has changed, by the first request."""
    put(STOPPED)

    def write_and_lose_the_answer(*arguments: Any) -> bool:
        assert write_unfinished_step(*arguments)
        return write_unfinished_step(*arguments)

    monkeypatch.setattr("pushtrain.launch.checkpoints.write_unfinished_step", write_and_lose_the_answer)
    assert resume() == {"train": "stopped"}
    assert resume(replace(NEXT, run="third")) == {}


def test_a_run_that_was_redriven_keeps_its_checkpoints(local_aws: LocalAws, monkeypatch: pytest.MonkeyPatch) -> None:
    put(STOPPED)
    monkeypatch.setattr("pushtrain.launch.checkpoints._is_running", lambda *_: True)
    assert resume() == {}


def test_a_push_that_is_delivered_again_keeps_what_its_record_says() -> None:
    save_run_record(aws.client("s3"), NEXT, PLATFORM)
    put(STOPPED)
    assert resume() == {}
    assert resume(replace(NEXT, run="third")) == {"train": "stopped"}


def test_a_document_of_another_version_is_left_alone() -> None:
    put(STOPPED)
    bucket, key = PLATFORM.artifact_bucket, build_document_key(NEXT, "train")
    aws.client("s3").put_object(Bucket=bucket, Key=key, Body=b'{"schema": 2}')
    assert resume() == {}


def test_no_job_can_offer_checkpoints() -> None:
    """What jobs write lies below `runs/`, and each model has its own document."""
    key = build_document_key(NEXT, "train")
    assert not matches(build_job_outputs_pattern("*"), key)
    for planted in (key.replace("churn/", "churn/runs/", 1), key.replace("churn/", "other/", 1)):
        aws.client("s3").put_object(Bucket=PLATFORM.artifact_bucket, Key=planted, Body=STOPPED.to_json().encode())
    assert resume() == {}
