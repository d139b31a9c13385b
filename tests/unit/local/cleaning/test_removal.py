"""Deleting from a store: exactly what the plan names, also when a process is killed, or when two clean at once."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pushtrain.errors import LocalError
from pushtrain.local.cleaning import removal
from pushtrain.local.cleaning.contents import read_contents
from pushtrain.local.cleaning.leftovers import GRACE
from pushtrain.local.cleaning.removal import clean_store, plan_store_cleaning
from pushtrain.local.storage.launch_lock import hold_launch_lock
from pushtrain.local.storage.store import Store
from tests.unit.local.cleaning.filled_store import CUTOFF, PLATFORM, put_run, put_version

CLEANING = """
import sys
from pathlib import Path
from pushtrain.local.cleaning.removal import clean_store
from pushtrain.local.platform import local_platform
from pushtrain.local.storage.store import Store
with Store(Path(sys.argv[1])) as store:
    plan, _ = clean_store(store, local_platform("", Path(sys.argv[1])), float(sys.argv[2]))
    print(len(plan.runs))
"""


def list_files(store: Store) -> set[str]:
    folders = (store.folder / name for name in ("blobs", "s3", "jobs", "partial"))
    files = (path for folder in folders for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(store.folder).as_posix() for path in files}


def count_documents(store: Store) -> dict[str, int]:
    return {kind: len(store.list_all(kind)) for kind in ("execution", "history", "job", "object", "model-package")}


def test_only_what_is_old_goes_with_all_of_its_files(store: Store) -> None:
    put_run(store, 2, age=1)
    files, documents = list_files(store), count_documents(store)
    put_version(store, 1, put_run(store, 1, age=50), age=50)
    put_version(store, 2, put_run(store, 3, age=2), age=2)
    kept = list_files(store)
    plan, leftovers = clean_store(store, PLATFORM, CUTOFF)
    assert [version.number for version in plan.versions] == [1]
    assert (len(plan.runs), len(plan.pushes), leftovers) == (1, 2, [])
    assert files < list_files(store) < kept
    assert count_documents(store) == {kind: count * 2 for kind, count in documents.items()} | {"model-package": 1}
    assert not (store.folder / "s3/pushtrain-code/model-repos/churn" / f"{1:064x}").exists()
    assert clean_store(store, PLATFORM, CUTOFF)[0].runs == []


def test_a_version_that_somebody_approves_meanwhile_stays_with_its_run(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = [put_run(store, number, age=50) for number in (1, 2)]
    arns = [put_version(store, number, run, age=50) for number, run in enumerate(runs, 1)]
    real = plan_store_cleaning(store, PLATFORM, CUTOFF)
    document = store.get("model-package", arns[0])
    assert document is not None
    store.put("model-package", arns[0], {**document, "ModelApprovalStatus": "Approved"})
    monkeypatch.setattr(removal, "plan_store_cleaning", lambda *_: real)
    plan, _ = clean_store(store, PLATFORM, CUTOFF)
    assert (plan.versions, plan.runs) == ([], [])
    assert store.get("model-package", arns[0]) is not None
    assert count_documents(store)["execution"] == 2


def test_killed_at_any_moment_it_leaves_a_store_that_the_next_cleaning_finishes(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each deletion of a file is made to be the last thing that the process does."""
    unlink, calls = Path.unlink, 0

    class Killed(BaseException):
        pass

    def unlink_or_die(path: Path, missing_ok: bool = False) -> None:
        nonlocal calls
        calls -= 1
        if not calls:
            raise Killed
        unlink(path, missing_ok=missing_ok)

    kept = put_run(store, 1, age=1)
    files = list_files(store)
    for moment in range(1, 7):
        put_run(store, 10 + moment, age=50)
        calls = moment
        with monkeypatch.context() as patch:
            patch.setattr(Path, "unlink", unlink_or_die)
            with pytest.raises(Killed):
                clean_store(store, PLATFORM, CUTOFF)
        blobs = {stored.blob for stored in read_contents(store, PLATFORM).objects}
        assert all((store.folder / "blobs" / blob).is_file() for blob in blobs)
        old = time.time() - GRACE - 60
        for path in (path for folder in ("blobs", "s3", "jobs") for path in (store.folder / folder).rglob("*")):
            os.utime(path, (old, old))
        clean_store(store, PLATFORM, CUTOFF)
        assert list_files(store) == files
        assert [run.run for run in read_contents(store, PLATFORM).runs] == [kept]


def test_two_processes_at_once_delete_each_run_once(store: Store) -> None:
    for number in range(1, 31):
        put_run(store, number, age=50)
    put_run(store, 99, age=1)
    command = [sys.executable, "-c", CLEANING, str(store.folder), str(CUTOFF)]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    counts = [int(process.communicate(timeout=60)[0]) for process in processes]
    assert sorted(counts) == [0, 30]
    assert count_documents(store)["execution"] == 1
    assert len(list_files(store)) == 7


def test_nothing_goes_while_a_run_is_being_started(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    put_run(store, 1, age=50)
    monkeypatch.setattr("pushtrain.local.storage.launch_lock.PATIENCE", 0.0)
    with hold_launch_lock(store.folder), pytest.raises(LocalError):
        clean_store(store, PLATFORM, CUTOFF)
    assert count_documents(store)["execution"] == 1
