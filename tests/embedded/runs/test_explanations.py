"""Why steps ran, read from the records of runs."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from pushtrain import aws
from pushtrain.layout import build_input_key
from pushtrain.local.aws import up
from pushtrain.platform import Platform
from pushtrain.record import RecordedReuse, RecordedStep, ReusedJob, RunRecord
from pushtrain.runs import StepExplanation, explain_run
from tests.sample_record import RECORD

STEPS = {"train": RecordedStep(cache=True), "evaluate": RecordedStep(cache=True, inputs={"model": "train.model"})}
EARLIER = dataclasses.replace(RECORD, run="r1", steps=STEPS, files={"train.py": "1"}, step_keys={"train": "k1"})
ENDED = "2026-11-27T08:00:00.000+00:00"


@pytest.fixture(autouse=True)
def local_aws(tmp_path: Path) -> Iterator[None]:
    with up(tmp_path / "store", Platform.local(), handlers={}):
        yield


def write(record: RunRecord) -> None:
    key = build_input_key(record.model, record.run)
    aws.client("s3").put_object(Bucket=Platform.local().artifact_bucket, Key=key, Body=record.to_json().encode())


def explain(**reuse: RecordedReuse) -> tuple[StepExplanation, ...]:
    write(dataclasses.replace(EARLIER, run="r2", files={"train.py": "2"}, step_keys={"train": "k2"}, reuse=reuse))
    return explain_run(Platform.local(), RECORD.model, "r2")


def test_each_step_says_what_differs_from_the_run_that_it_was_compared_with() -> None:
    write(EARLIER)
    compared = RecordedReuse(run="r1", ended=ENDED)
    train, evaluate = explain(evaluate=compared, train=compared)
    assert train == StepExplanation(step="train", reason="train.py changed", run="r1", ended=ENDED, job="")
    assert (evaluate.step, evaluate.reason) == ("evaluate", "train.py changed; its input changed: train")


def test_a_step_that_was_reused_names_the_job() -> None:
    job = ReusedJob(name="job-1", status="Completed", arn="arn", prefix="p")
    (step,) = explain(train=RecordedReuse(run="r1", ended=ENDED, job=job))
    assert step == StepExplanation(step="train", reason="", run="r1", ended=ENDED, job="job-1")


def test_the_record_of_the_earlier_run_may_be_gone() -> None:
    (step,) = explain(train=RecordedReuse(run="r1", ended=ENDED))
    assert step.reason == "something differs from run r1, whose record is gone"


def test_a_run_without_a_record_has_no_explanations() -> None:
    assert explain_run(Platform.local(), RECORD.model, "gone") == ()
