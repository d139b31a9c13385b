"""Decide what of a store is old and needed by nothing that stays. Pure.

In: StoreContents, and the time before which things are old. Out: a CleaningPlan.

A run is old if it ended before that time. It stays if a run or a model version that stays needs it. A model version
stays if it was ever approved, is the newest of its model, or is not old: an approver can go back to it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from msgspec import Struct

from pushtrain.layout import (
    build_approved_version_key,
    build_revision_prefix,
    is_listing_key,
    is_source_key,
    parse_problems_key,
    parse_pushed_file_key,
    parse_run_file_key,
    parse_run_pointer_key,
    parse_start_key,
    split_uri,
)
from pushtrain.local.cleaning.contents import StoreContents, StoredJob, StoredObject, StoredRun, StoredVersion
from pushtrain.platform import Platform

_Run = tuple[str, str]  # model and run id


class OldRun(Struct, frozen=True, kw_only=True):
    """A run to delete, with its jobs, all objects in its folder and its pointer."""

    run: StoredRun
    jobs: Sequence[StoredJob]
    objects: Sequence[StoredObject]

    @property
    def size(self) -> int:
        """The size in bytes of its objects."""
        return measure(self.objects)


class CleaningPlan(Struct, frozen=True, kw_only=True):
    """What to delete, and `needed_runs`: old runs that stay because something that stays needs them.

    `pushes` are the objects of each pushed revision and each packed code that no run has any more, and old listings of
    data: without one, an explanation has totals.
    """

    versions: Sequence[StoredVersion]
    runs: Sequence[OldRun]
    pushes: Sequence[Sequence[StoredObject]]
    needed_runs: Sequence[StoredRun]


def measure(objects: Iterable[StoredObject]) -> int:
    """Return the size in bytes of objects."""
    return sum(stored.size for stored in objects)


def plan_cleaning(contents: StoreContents, platform: Platform, cutoff: float) -> CleaningPlan:
    """Return what to delete. `cutoff` is in epoch seconds."""
    kept_versions = find_kept_versions(contents, platform, cutoff)
    kept_runs = _find_kept_runs(contents.runs, kept_versions, cutoff)
    old_runs = [run for run in contents.runs if run not in kept_runs]
    return CleaningPlan(
        versions=[version for version in contents.versions if version not in kept_versions],
        runs=_collect_runs(old_runs, contents, platform),
        pushes=_collect_pushes(kept_runs, contents.objects, platform, cutoff),
        needed_runs=[run for run in kept_runs if run.ended is not None and run.ended < cutoff],
    )


def find_kept_versions(contents: StoreContents, platform: Platform, cutoff: float) -> Sequence[StoredVersion]:
    """Return the versions that stay: ever approved, newest of their model, or not old."""
    served_keys = {stored.key for stored in contents.objects if stored.bucket == platform.serving_bucket}
    newest: dict[str, int] = defaultdict(int)
    for version in contents.versions:
        newest[version.model] = max(newest[version.model], version.number)
    return [
        version
        for version in contents.versions
        if version.status == "Approved"
        or version.number == newest[version.model]
        or version.created >= cutoff
        or build_approved_version_key(version.model, version.number) in served_keys
    ]


def _find_kept_runs(
    runs: Sequence[StoredRun], kept_versions: Iterable[StoredVersion], cutoff: float
) -> Sequence[StoredRun]:
    """Return the runs that stay: live ones, those that are not old, and all that these and the versions need."""
    needed = {(version.model, run) for version in kept_versions for run in version.needed_runs}
    staying_runs: dict[str, StoredRun] = {}
    while new_runs := [
        run
        for run in runs
        if run.arn not in staying_runs and (run.ended is None or run.ended >= cutoff or (run.model, run.run) in needed)
    ]:
        staying_runs |= {run.arn: run for run in new_runs}
        needed |= {(run.model, needed_run) for run in new_runs for needed_run in run.needed_runs}
    return list(staying_runs.values())


def _parse_pointer(key: str) -> _Run | None:
    """Return model and run of an empty object that says that there is a run."""
    start = parse_start_key(key)
    return start[:2] if start else parse_run_pointer_key(key)


def _collect_runs(old_runs: Sequence[StoredRun], contents: StoreContents, platform: Platform) -> Sequence[OldRun]:
    """Return the runs with their jobs and objects, those first that started last: they may need the others."""
    objects: dict[_Run, list[StoredObject]] = defaultdict(list)
    jobs: dict[_Run, list[StoredJob]] = defaultdict(list)
    for stored in contents.objects:
        model_and_run = parse_run_file_key(stored.key) or _parse_pointer(stored.key)
        if stored.bucket == platform.artifact_bucket and model_and_run:
            objects[model_and_run].append(stored)
    for job in contents.jobs:
        if model_and_run := parse_run_file_key(f"{job.folder}/"):
            jobs[model_and_run].append(job)
    return [
        OldRun(
            run=run,
            jobs=jobs[run.model, run.run],
            objects=[*objects[run.model, run.run], *contents.unfinished.get((run.model, run.run), ())],
        )
        for run in reversed(old_runs)
    ]


def _collect_pushes(
    kept_runs: Sequence[StoredRun], objects: Sequence[StoredObject], platform: Platform, cutoff: float
) -> Sequence[Sequence[StoredObject]]:
    """Return the objects of each old revision and each old packed code that no run has that stays, and old listings."""
    used = {build_revision_prefix(run.model, run.revision) for run in kept_runs}
    used |= {split_uri(run.source)[1] for run in kept_runs}
    groups: dict[str, list[StoredObject]] = defaultdict(list)
    for stored in objects:
        if prefix := _find_push_prefix(stored, platform):
            groups[prefix].append(stored)
    return [
        group
        for prefix, group in groups.items()
        if prefix not in used and max(stored.modified for stored in group) < cutoff
    ]


def _find_push_prefix(stored: StoredObject, platform: Platform) -> str:
    """Return the prefix of the revision, or the key of the packed code or listing, of an object; else nothing."""
    if stored.bucket == platform.code_bucket:
        revision = parse_pushed_file_key(stored.key)
    elif stored.bucket == platform.artifact_bucket:
        if is_source_key(stored.key) or is_listing_key(stored.key):
            return stored.key
        revision = parse_problems_key(stored.key)
    else:
        return ""
    return build_revision_prefix(*revision) if revision else ""
