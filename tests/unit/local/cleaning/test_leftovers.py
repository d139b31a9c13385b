"""Files that nothing names: they go when they are a day old, and nothing else does."""

from __future__ import annotations

import os
import time
from pathlib import Path

from pushtrain.local.cleaning.contents import read_contents
from pushtrain.local.cleaning.leftovers import GRACE, Leftover, find_leftovers
from pushtrain.local.storage.store import Store
from tests.unit.local.cleaning.filled_store import PLATFORM, put_run


def make_old(folder: Path) -> None:
    moment = time.time() - GRACE - 60
    for path in folder.rglob("*"):
        os.utime(path, (moment, moment))


def test_files_that_nothing_names_are_leftovers_after_a_day(store: Store) -> None:
    run = put_run(store, 1, age=1)
    assert find_leftovers(store.folder, read_contents(store, PLATFORM)) == []
    for name in ("partial/0a", "blobs/0b", "jobs/lost/log.txt", "s3/bucket/key"):
        path = store.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("12345", encoding="utf-8")
    assert find_leftovers(store.folder, read_contents(store, PLATFORM)) == []
    make_old(store.folder)
    assert find_leftovers(store.folder, read_contents(store, PLATFORM)) == [
        Leftover(path=store.folder / "partial/0a", size=5),
        Leftover(path=store.folder / "blobs/0b", size=5),
        Leftover(path=store.folder / "jobs/lost/log.txt", size=5),
        Leftover(path=store.folder / "s3/bucket/key", size=0),
    ]
    assert (store.folder / f"jobs/pushtrain-churn-train-{run}-0-0/log.txt").exists()
