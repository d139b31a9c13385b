"""What is old enough to go, and what stays although it is old."""

from __future__ import annotations

import pytest

from pushtrain.layout import (
    build_approved_version_key,
    build_countdown,
    build_listing_key,
    build_problems_key,
    build_revision_prefix,
    build_run_pointer_key,
    build_start_key,
)
from pushtrain.local.cleaning.contents import read_contents
from pushtrain.local.cleaning.plan import CleaningPlan, plan_cleaning
from pushtrain.local.storage.store import Store
from tests.unit.local.cleaning.filled_store import (
    CUTOFF,
    DAY,
    NOW,
    PLATFORM,
    build_run_id,
    put_object,
    put_run,
    put_unfinished,
    put_version,
)


def plan(store: Store, cutoff: float = CUTOFF) -> CleaningPlan:
    return plan_cleaning(read_contents(store, PLATFORM), PLATFORM, cutoff)


def list_runs(cleaning: CleaningPlan) -> list[str]:
    return [old.run.run for old in cleaning.runs]


def test_an_old_run_goes_with_its_jobs_objects_pointer_push_and_code(store: Store) -> None:
    run, younger = put_run(store, 1, age=31), put_run(store, 2, age=29)
    for name in (run, younger):
        put_object(store, PLATFORM.artifact_bucket, build_run_pointer_key(name, "churn"), b"", NOW - 31 * DAY)
        put_object(
            store, PLATFORM.artifact_bucket, build_start_key(build_countdown(NOW), name, "churn"), b"", NOW - 31 * DAY
        )
    cleaning = plan(store)
    assert list_runs(cleaning) == [run]
    assert [job.name for job in cleaning.runs[0].jobs] == [f"pushtrain-churn-train-{run}-0-0"]
    assert [stored.key for stored in cleaning.runs[0].objects] == [
        f"churn/runs/{run}/report.html",
        f".runs/{run}/churn",
        build_start_key(build_countdown(NOW), run, "churn"),
    ]
    assert cleaning.runs[0].size == len(b"report")
    assert sorted(stored.key for push in cleaning.pushes for stored in push) == [
        f"churn/source/{1:032x}/sourcedir.tar.gz",
        f"model-repos/churn/{1:064x}/train.py",
    ]
    assert cleaning.needed_runs == []


@pytest.mark.parametrize("status", ["RUNNING", "FAILED"])
def test_a_live_run_stays_and_a_failed_one_goes(store: Store, status: str) -> None:
    put_run(store, 1, age=400, status=status)
    assert len(plan(store).runs) == (status == "FAILED")
    assert len(plan(store).pushes) == 2 * (status == "FAILED")


def test_runs_that_newer_runs_need_stay(store: Store) -> None:
    """Run 4 is new, reads results of run 3, which reads those of run 2. Nobody needs run 1."""
    runs = [put_run(store, 1, age=90), put_run(store, 2, age=80)]
    for number, age in ((3, 70), (4, 1)):
        runs.append(put_run(store, number, age=age, reuse={"train": f"churn/runs/{runs[-1]}/train/job"}))
    cleaning = plan(store)
    assert list_runs(cleaning) == [runs[0]]
    assert [run.run for run in cleaning.needed_runs] == [runs[2], runs[1]]


def test_a_run_that_needs_others_goes_before_them(store: Store) -> None:
    first = put_run(store, 1, age=90)
    second = put_run(store, 2, age=80, reuse={"train": f"churn/runs/{first}/train/job"})
    assert list_runs(plan(store)) == [second, first]


@pytest.mark.parametrize("status", ["Rejected", "PendingManualApproval"])
def test_old_versions_go_and_the_newest_stays(store: Store, status: str) -> None:
    runs = [put_run(store, number, age=50 - number) for number in (1, 2)]
    for number, run in enumerate(runs, 1):
        put_version(store, number, run, age=50 - number, status=status)
    cleaning = plan(store)
    assert [version.number for version in cleaning.versions] == [1]
    assert list_runs(cleaning) == [runs[0]]
    assert [run.run for run in cleaning.needed_runs] == [runs[1]]


def test_a_version_that_was_ever_approved_stays_with_all_that_it_needs(store: Store) -> None:
    runs = [put_run(store, number, age=50) for number in (1, 2, 3, 4)]
    put_version(store, 1, runs[0], age=50, status="Approved")
    put_version(store, 2, runs[1], age=50, status="Rejected")
    put_version(store, 3, runs[2], age=50, status="Rejected")
    put_version(store, 4, runs[3], age=50)
    put_object(store, PLATFORM.serving_bucket, build_approved_version_key("churn", 2), b"{}", NOW - 50 * DAY)
    cleaning = plan(store)
    assert [version.number for version in cleaning.versions] == [3]
    assert list_runs(cleaning) == [runs[2]]
    assert len(cleaning.pushes) == 2


def test_a_revision_that_a_newer_run_has_too_stays(store: Store) -> None:
    put_run(store, 1, age=50)
    arn, document = store.list_all("execution")[0]
    newer = document["input"].replace(build_run_id(1), build_run_id(2))
    store.put("execution", f"{arn}-2", {**document, "executionArn": f"{arn}-2", "input": newer, "stopDate": NOW})
    cleaning = plan(store)
    assert (len(cleaning.runs), cleaning.pushes) == (1, [])


def test_a_push_that_started_no_run_goes_when_it_is_old(store: Store) -> None:
    for revision, age in (("3f1c9a", 31), ("0b42de", 29)):
        modified = NOW - age * DAY
        put_object(store, PLATFORM.code_bucket, f"{build_revision_prefix('churn', revision)}a b", b"1", modified)
        put_object(store, PLATFORM.artifact_bucket, build_problems_key("churn", revision), b"{}", modified)
    (push,) = plan(store).pushes
    assert [stored.key for stored in push] == ["model-repos/churn/3f1c9a/a b", "churn/pushes/3f1c9a/problems.json"]


def test_the_listing_of_data_goes_when_it_is_old(store: Store) -> None:
    keys = [build_listing_key("churn", version) for version in ("old", "new")]
    for key, age in zip(keys, (40, 1), strict=True):
        put_object(store, PLATFORM.artifact_bucket, key, b"{}", NOW - age * DAY)
    assert [[stored.key for stored in group] for group in plan(store).pushes] == [keys[:1]]


def test_checkpoints_of_a_run_that_goes_are_continued_by_nobody(store: Store) -> None:
    run = put_run(store, 1, age=50, status="ABORTED")
    key = put_unfinished(store, run)
    assert [stored.key for stored in plan(store).runs[0].objects] == [f"churn/runs/{run}/report.html", key]


def test_data_indexes_and_definitions_stay(store: Store) -> None:
    for bucket, key in (
        ("data", "customers/1.csv"),
        (PLATFORM.artifact_bucket, "churn/reuse.json"),
        (PLATFORM.artifact_bucket, "churn/definitions/5e8848.json"),
        (PLATFORM.artifact_bucket, "prices.yaml"),
        (PLATFORM.serving_bucket, "churn/approved.json"),
    ):
        put_object(store, bucket, key, b"{}", NOW - 400 * DAY)
    assert plan(store, NOW) == CleaningPlan(versions=[], runs=[], pushes=[], needed_runs=[])
