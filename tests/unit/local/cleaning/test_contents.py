"""What a store holds: which run has what, which runs it needs, and whether it still runs."""

from __future__ import annotations

from pushtrain.local.cleaning.contents import read_contents
from pushtrain.local.storage.store import Store
from tests.unit.local.cleaning.filled_store import (
    DAY,
    NOW,
    PLATFORM,
    build_run_id,
    put_object,
    put_run,
    put_unfinished,
    put_version,
)


def test_a_run_names_the_runs_that_its_jobs_read(store: Store) -> None:
    prefix = f"churn/runs/{build_run_id(1)}/preprocess/job-1"
    put_run(store, 2, age=3, reuse={"preprocess": {"prefix": prefix}}, checkpoints={"train": build_run_id(7)})
    (run,) = read_contents(store, PLATFORM).runs
    assert run.needed_runs == {build_run_id(1), build_run_id(7)}
    assert (run.model, run.run, run.ended) == ("churn", build_run_id(2), NOW - 3 * DAY)


def test_a_live_run_has_not_ended_and_a_killed_one_has(store: Store) -> None:
    put_run(store, 1, age=40, status="RUNNING")
    put_run(store, 2, age=40, status="RUNNING")
    arn, killed = store.list_all("execution")[1]
    store.put("execution", arn, {**killed, "process": {"pid": 1, "started": "another boot"}})
    assert [run.ended for run in read_contents(store, PLATFORM).runs] == [None, killed["startDate"]]


def test_an_execution_that_no_push_started_is_left_out(store: Store) -> None:
    document = {"executionArn": "arn:x", "status": "SUCCEEDED", "startDate": 1.0, "stopDate": 2.0}
    store.put("execution", "arn:x", {**document, "input": "[]"})
    store.put("execution", "arn:y", {**document, "executionArn": "arn:y", "input": '{"run": "mine"}'})
    assert read_contents(store, PLATFORM).runs == []


def test_versions_jobs_and_objects(store: Store) -> None:
    run = put_run(store, 1, age=40)
    put_version(store, 3, run, age=40)
    other = {**store.list_all("model-package")[0][1], "ModelPackageGroupName": "someone-elses"}
    store.put("model-package", "arn:other", other)
    contents = read_contents(store, PLATFORM)
    (version,) = contents.versions
    assert (version.model, version.number, version.needed_runs) == ("churn", 3, frozenset({run}))
    assert [job.folder for job in contents.jobs] == [f"churn/runs/{run}/train/pushtrain-churn-train-{run}-0-0"]
    assert {stored.size for stored in contents.objects} == {len(b"report"), len(b"code"), len(b"train")}
    assert contents.objects[0].modified == NOW - 40 * DAY


def test_checkpoints_belong_to_the_run_that_the_newest_document_names(store: Store) -> None:
    put_unfinished(store, build_run_id(1), version="v1")
    key = put_unfinished(store, build_run_id(2), version="v2")
    unfinished = read_contents(store, PLATFORM).unfinished
    assert list(unfinished) == [("churn", build_run_id(2))]
    assert len(unfinished["churn", build_run_id(2)]) == 2
    put_object(store, PLATFORM.artifact_bucket, key, b"not JSON", NOW, "v3")
    assert read_contents(store, PLATFORM).unfinished == {}
