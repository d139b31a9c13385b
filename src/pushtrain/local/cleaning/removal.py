"""Delete from a store what a CleaningPlan names.

Each run, version and push goes in one transaction, its files after that. A process that is killed in between leaves
files that nothing names, which a later cleaning deletes (`leftovers`).
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from pushtrain.local.cleaning.contents import StoredObject, StoredVersion, read_contents
from pushtrain.local.cleaning.indexes import remove_from_indexes
from pushtrain.local.cleaning.leftovers import Leftover, find_leftovers
from pushtrain.local.cleaning.plan import CleaningPlan, OldRun, plan_cleaning
from pushtrain.local.storage.blobs import build_readable_path
from pushtrain.local.storage.launch_lock import hold_cleaning_lock
from pushtrain.local.storage.store import Store
from pushtrain.platform import Platform

VERSION = "model-package"  # kinds of documents in the store


def plan_store_cleaning(store: Store, platform: Platform, cutoff: float) -> tuple[CleaningPlan, Sequence[Leftover]]:
    """Return what `clean_store` would delete, and the leftovers. `cutoff` is in epoch seconds."""
    contents = read_contents(store, platform)
    return plan_cleaning(contents, platform, cutoff), find_leftovers(store.folder, contents)


def clean_store(store: Store, platform: Platform, cutoff: float) -> tuple[CleaningPlan, Sequence[Leftover]]:
    """Delete what is old, and return it with the leftovers. No run can start meanwhile.

    Raises LocalError if the store cannot be written, or if a run is being started, and StorageConflict as
    `remove_from_indexes` does.
    """
    with hold_cleaning_lock(store.folder):
        plan, leftovers = plan_store_cleaning(store, platform, cutoff)
        removed = [version for version in plan.versions if _remove_version(store, version)]
        if len(removed) < len(plan.versions):  # somebody has just approved one: it stays, and with it all that it needs
            plan = plan_cleaning(read_contents(store, platform), platform, cutoff)
        remove_from_indexes(store, platform, [old_run.run for old_run in plan.runs])
        for old_run in plan.runs:
            _remove_run(store, old_run)
        for push in plan.pushes:
            with store.write_lock():
                _remove_object_documents(store, push)
            _remove_object_files(store.folder, push)
        for leftover in leftovers:
            _remove_file(leftover.path)
    return msgspec.structs.replace(plan, versions=removed), leftovers


def _remove_version(store: Store, version: StoredVersion) -> bool:
    """Remove a version, unless somebody has decided about it meanwhile. Return True if it is gone."""
    with store.write_lock():
        document = store.get(VERSION, version.arn)
        if document and document.get("ModelApprovalStatus", "") != version.status:
            return False
        store.remove(VERSION, version.arn)
    return True


def _remove_run(store: Store, old_run: OldRun) -> None:
    """Remove a run with its history, jobs, logs and objects."""
    with store.write_lock():
        for kind in ("execution", "history", "stop_request"):
            store.remove(kind, old_run.run.arn)
        for job in old_run.jobs:
            store.remove("job", job.document_key)
        _remove_object_documents(store, old_run.objects)
    for job in old_run.jobs:
        shutil.rmtree(store.folder / "jobs" / job.name, ignore_errors=True)
    _remove_object_files(store.folder, old_run.objects)


def _remove_object_documents(store: Store, objects: Iterable[StoredObject]) -> None:
    for stored in objects:
        store.remove("object", stored.document_key)


def _remove_object_files(folder: Path, objects: Iterable[StoredObject]) -> None:
    """Delete the contents of objects, and the links by which people find them."""
    for stored in objects:
        _remove_file(folder / build_readable_path(stored.bucket, stored.key))
        if stored.blob:
            _remove_file(folder / "blobs" / stored.blob)


def _remove_file(path: Path) -> None:
    """Delete a file and the folders that are empty then. What cannot be deleted now is a leftover for the next time."""
    with suppress(OSError):
        path.unlink(missing_ok=True)
        for parent in list(path.parents)[:-1]:
            if parent.name in {"blobs", "partial", "jobs", "s3"} and (parent.parent / "store.db").exists():
                return
            parent.rmdir()  # raises OSError if it has other files
