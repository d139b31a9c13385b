"""Why steps ran, read from the records of runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from pushtrain import aws
from pushtrain.layout import build_input_key, build_listing_key
from pushtrain.local.aws import up
from pushtrain.platform import Platform
from pushtrain.pushes.data_listing import DataListing
from pushtrain.record import RecordedData, RecordedReuse, RecordedStep, ReusedJob, RunRecord
from pushtrain.runs import StepExplanation, explain_run
from tests.sample_record import RECORD

STEPS = {"train": RecordedStep(cache=True), "evaluate": RecordedStep(cache=True, inputs={"model": "train.model"})}
EARLIER = msgspec.structs.replace(RECORD, run="r1", steps=STEPS, files={"train.py": "1"}, step_keys={"train": "k1"})
ENDED = "2026-11-27T08:00:00.000+00:00"


@pytest.fixture(autouse=True)
def local_aws(tmp_path: Path) -> Iterator[None]:
    with up(tmp_path / "store", Platform.local(), handlers={}):
        yield


def write(record: RunRecord) -> None:
    key = build_input_key(record.model, record.run)
    aws.client("s3").put_object(Bucket=Platform.local().artifact_bucket, Key=key, Body=record.to_json().encode())


def explain(**reuse: RecordedReuse) -> tuple[StepExplanation, ...]:
    write(msgspec.structs.replace(EARLIER, run="r2", files={"train.py": "2"}, step_keys={"train": "k2"}, reuse=reuse))
    return explain_run(Platform.local(), RECORD.model, "r2")


def test_each_step_says_what_differs_from_the_run_that_it_was_compared_with() -> None:
    write(EARLIER)
    compared = RecordedReuse(run="r1", ended=ENDED)
    train, evaluate = explain(evaluate=compared, train=compared)
    assert train == StepExplanation(step="train", reason="train.py changed", run="r1", ended=ENDED, job="")
    assert (evaluate.step, evaluate.reason) == ("evaluate", "train.py changed; its input changed: train")


def save_listing(identity: str, *objects: tuple[str, int, str]) -> None:
    key, body = build_listing_key(RECORD.model, identity), DataListing(objects=objects).to_json().encode()
    aws.client("s3").put_object(Bucket=Platform.local().artifact_bucket, Key=key, Body=body)


def explain_data(before: RecordedData, now: RecordedData) -> str:
    """Return why a step runs that reads `data.raw`."""
    steps = {"train": RecordedStep(cache=True, inputs={"train": "data.raw"})}
    write(msgspec.structs.replace(EARLIER, steps=steps, data={"raw": before}))
    reuse = {"train": RecordedReuse(run="r1", ended=ENDED)}
    write(msgspec.structs.replace(EARLIER, run="r2", steps=steps, data={"raw": now}, reuse=reuse))
    (step,) = explain_run(Platform.local(), RECORD.model, "r2")
    return step.reason


def test_the_objects_that_changed_are_counted_while_both_listings_are_there() -> None:
    before, now = (RecordedData(uri="s3://lake/", version=version, objects=2, bytes=2) for version in ("1", "2"))
    save_listing("1", ("a", 1, "x"), ("b", 1, "y"))
    assert explain_data(before, now) == "data.raw: other content"
    save_listing("2", ("a", 1, "z"), ("c", 1, "y"))
    assert explain_data(before, now) == "data.raw changed: 1 object added, 1 removed, 1 changed"
    key = build_listing_key(RECORD.model, "1")
    aws.client("s3").put_object(
        Bucket=Platform.local().artifact_bucket, Key=key, Body=b'{"schema": 1, "objects": [[]]}'
    )
    assert explain_data(before, now) == "data.raw: other content"


def test_files_of_a_model_repo_are_not_compared_with_objects_in_s3() -> None:
    """Their hashes are of another kind, so that every file would seem to have changed."""
    save_listing("1", ("a", 1, "sha256"))
    save_listing("2", ("a", 1, "etag"))
    before = RecordedData(uri="s3://code/data/", version="0", sha256="1", objects=1, bytes=1)
    now = RecordedData(uri="s3://lake/", version="2", objects=1, bytes=1)
    assert explain_data(before, now) == "data.raw: other content"


def test_a_step_that_was_reused_names_the_job() -> None:
    job = ReusedJob(name="job-1", status="Completed", arn="arn", prefix="p")
    (step,) = explain(train=RecordedReuse(run="r1", ended=ENDED, job=job))
    assert step == StepExplanation(step="train", reason="", run="r1", ended=ENDED, job="job-1")


def test_the_record_of_the_earlier_run_may_be_gone() -> None:
    (step,) = explain(train=RecordedReuse(run="r1", ended=ENDED))
    assert step.reason == "something differs from run r1, whose record is gone"


def test_a_run_without_a_record_has_no_explanations() -> None:
    assert explain_run(Platform.local(), RECORD.model, "gone") == ()
