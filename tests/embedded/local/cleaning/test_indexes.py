"""After a cleaning, the indexes of a model name none of the runs that are gone."""

from __future__ import annotations

from pathlib import Path

import pytest

from pushtrain import aws
from pushtrain.layout import build_lineage_key, build_reuse_key
from pushtrain.lineage import LineageIndex, RunInputs, find_uses
from pushtrain.local.aws import up
from pushtrain.local.cleaning.removal import clean_store
from pushtrain.local.storage.store import Store
from pushtrain.record import RecordedData
from pushtrain.reuse import ReusableJob, ReuseIndex, read_index
from tests.unit.local.cleaning.filled_store import CUTOFF, PLATFORM, build_run_id, put_execution

OLD, NEW = build_run_id(1), build_run_id(2)
URI = "s3://lake/raw/"


def build_job(run: str) -> ReusableJob:
    return ReusableJob(
        step="train",
        key=run,
        parts={},
        environment="",
        run=run,
        name=f"job-{run}",
        arn="arn",
        prefix=f"churn/runs/{run}/train/job",
        sources={},
        ended="2026-11-27T08:00:00.000+00:00",
        outputs="hash",
    )


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store with an old and a new run, and the indexes of their model."""
    folder = tmp_path / "store"
    data = {"raw": RecordedData(uri=URI)}
    lineage = LineageIndex(
        runs=tuple(RunInputs(model="churn", run=run, environment="", data=data) for run in (NEW, OLD))
    )
    reuse = ReuseIndex(jobs=(build_job(NEW), build_job(OLD)))
    with up(folder, PLATFORM, handlers={}):
        s3 = aws.client("s3")
        texts = {build_lineage_key("churn"): lineage.to_json(), build_reuse_key("churn"): reuse.to_json()}
        for key, text in texts.items():
            s3.put_object(Bucket=PLATFORM.artifact_bucket, Key=key, Body=text.encode())
    with Store(folder) as opened:
        put_execution(opened, 1, age=50)
        put_execution(opened, 2, age=1)
    return folder


def test_data_and_results_of_runs_that_are_gone_are_listed_no_more(store: Path) -> None:
    with up(store, PLATFORM, handlers={}):
        assert [run.run for run in find_uses(PLATFORM, data=URI)] == [NEW, OLD]
    with Store(store) as opened:
        plan, _ = clean_store(opened, PLATFORM, CUTOFF)
        assert [old_run.run.run for old_run in plan.runs] == [OLD]
    with up(store, PLATFORM, handlers={}):
        assert [run.run for run in find_uses(PLATFORM, data=URI)] == [NEW]
        assert [job.run for job in read_index(aws.client("s3"), PLATFORM.artifact_bucket, "churn").jobs] == [NEW]


def test_indexes_without_the_runs_stay_as_they_are(store: Path) -> None:
    with Store(store) as opened:
        before = [document for _, document in opened.list_all("object") if document["name"].endswith(".json")]
        clean_store(opened, PLATFORM, 0.0)
        after = [document for _, document in opened.list_all("object") if document["name"].endswith(".json")]
    assert before == after


def test_an_index_that_cannot_be_read_is_left_alone(store: Path) -> None:
    bucket, key = PLATFORM.artifact_bucket, build_lineage_key("churn")
    with up(store, PLATFORM, handlers={}):
        aws.client("s3").put_object(Bucket=bucket, Key=key, Body=b"[]")
    with Store(store) as opened:
        clean_store(opened, PLATFORM, CUTOFF)
    with up(store, PLATFORM, handlers={}):
        assert aws.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read() == b"[]"
