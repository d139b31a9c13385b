"""What S3 may delete: outputs of processing jobs that a later step read. Everything else of a run stays."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from pushtrain import aws
from pushtrain.catalog.job_kinds import PROCESSING, TRAINING
from pushtrain.config import Config, load_config
from pushtrain.platform import Platform
from pushtrain.report import intermediate
from pushtrain.report.intermediate import list_prefixes, mark_intermediate_outputs
from pushtrain.runs import Job, Run

PLATFORM = replace(Platform.local(), intermediate_days=60)
CONFIG = """
model: churn
data: {raw: s3://lake/churn/}
steps:
  clean: {kind: processing, framework: sklearn 1.2-1, script: clean.py, inputs: {raw: data.raw}, outputs: [rows, notes]}
  embed: {kind: training, framework: sklearn 1.2-1, script: embed.py, inputs: {rows: clean.rows}}
  fit: {kind: training, framework: sklearn 1.2-1, script: fit.py, inputs: {rows: clean.rows, embedding: embed.model}}
  judge:
    kind: processing
    framework: sklearn 1.2-1
    script: judge.py
    inputs: {model: fit.model, rows: clean.rows}
    outputs: [evaluation]
  show:
    kind: processing
    framework: sklearn 1.2-1
    script: show.py
    inputs: {evaluation: judge.evaluation}
    outputs: [page]
register: {model: fit, evaluation: judge}
"""
FOLDER = "churn/runs/3f1c9a-0b42de"


def job(step: str, name: str = "job-1") -> Job:
    kind = TRAINING if step in {"embed", "fit"} else PROCESSING
    return Job(step=step, name=name, kind=kind, status="Completed", seconds=1)


def run(*jobs: Job, status: str = "SUCCEEDED") -> Run:
    names = jobs or tuple(job(step) for step in ("clean", "embed", "fit", "judge", "show"))
    return Run(
        model="churn", run="3f1c9a-0b42de", status=status, started=0, seconds=1, outcome="registered", jobs=names
    )


def config(text: str = CONFIG) -> Config:
    return load_config(text.encode()).config


class Bucket:
    """An artifact bucket that notes what is marked."""

    def __init__(self, *keys: str) -> None:
        self.keys, self.marked = keys, dict[str, Any]()

    def get_paginator(self, _: str) -> Bucket:
        return self

    def paginate(self, *, Bucket: str, Prefix: str) -> list[dict[str, Any]]:  # noqa: N803 - boto3's names
        assert Bucket == PLATFORM.artifact_bucket
        keys = [{"Key": key} for key in self.keys if key.startswith(Prefix)]
        return [{"Contents": keys[:1]}, {"Contents": keys[1:]}, {}]

    def put_object_tagging(self, *, Bucket: str, Key: str, Tagging: Any) -> None:  # noqa: N803 - boto3's names
        assert Bucket == PLATFORM.artifact_bucket
        self.marked[Key] = Tagging


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Bucket:
    keys = ("clean/job-1/rows/a.csv", "clean/job-1/rows/b.csv", "clean/job-1/notes/x.txt", "clean/job-1/packages.json")
    bucket = Bucket(*(f"{FOLDER}/{key}" for key in (*keys, "fit/job-1/output/model.tar.gz", "input.json")))
    monkeypatch.setattr(aws, "client", lambda *_: bucket)
    monkeypatch.setattr(intermediate, "read_run_record", lambda *_: None)
    monkeypatch.setattr(intermediate, "read_config", lambda *_: config())
    return bucket


def test_only_outputs_of_processing_jobs_that_a_later_step_reads_are_intermediate() -> None:
    """Not the models, not the evaluation that is registered though `show` reads it, not what nobody reads."""
    assert list_prefixes(config(), run()) == [f"{FOLDER}/clean/job-1/rows/"]


def test_each_job_of_a_step_counts_and_a_job_of_no_step_does_not() -> None:
    prefixes = list_prefixes(config(), run(job("clean", "job-1"), job("clean", "job-2"), job("theirs")))
    assert prefixes == [f"{FOLDER}/clean/job-1/rows/", f"{FOLDER}/clean/job-2/rows/"]


def test_the_objects_of_an_intermediate_output_get_the_mark_and_no_others(bucket: Bucket) -> None:
    assert mark_intermediate_outputs(PLATFORM, run()) == 2
    tagging = {"TagSet": [{"Key": "pushtrain:output", "Value": "intermediate"}]}
    assert bucket.marked == {f"{FOLDER}/clean/job-1/rows/{name}.csv": tagging for name in "ab"}


@pytest.mark.parametrize("status", ["FAILED", "ABORTED", "TIMED_OUT", "RUNNING"])
def test_a_run_that_may_be_redriven_keeps_everything(bucket: Bucket, status: str) -> None:
    assert mark_intermediate_outputs(PLATFORM, run(status=status)) == 0
    assert bucket.marked == {}


def test_without_the_setting_or_the_config_everything_stays(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    assert mark_intermediate_outputs(Platform.local(), run()) == 0
    monkeypatch.setattr(intermediate, "read_config", lambda *_: None)
    assert mark_intermediate_outputs(PLATFORM, run()) == 0
    assert bucket.marked == {}


def test_a_run_with_very_many_files_gives_up_at_the_limit(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intermediate, "OBJECT_LIMIT", 1)
    assert mark_intermediate_outputs(PLATFORM, run()) == 1
    assert len(bucket.marked) == 1
