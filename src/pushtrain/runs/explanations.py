"""Why each step of a run with `cache` ran or was reused: read from run records, which were written once. Reads S3."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from msgspec import Struct

from pushtrain import aws
from pushtrain.layout import build_listing_key, build_uri
from pushtrain.platform import Platform
from pushtrain.pushes.data_listing import parse_listing
from pushtrain.record import RecordedData, RunRecord
from pushtrain.reuse import DataChanges, Listing, compare_listings, explain_step, sort_steps
from pushtrain.reuse.explanation import FindChanges
from pushtrain.runs.evaluation import read_object, read_run_record


class StepExplanation(Struct, frozen=True, kw_only=True):
    """A step with `cache`: why it runs, or the earlier run that it is reused from.

    `reason` is empty if it is reused. `run` is the run that it was compared with, empty if there is none, and `ended`
    when that run ended, such as `2026-11-27T08:15:10.123+00:00`. `job` is the job that is reused, empty if the step
    runs.
    """

    step: str
    reason: str
    run: str
    ended: str
    job: str


def explain_run(platform: Platform, model: str, run: str) -> tuple[StepExplanation, ...]:
    """Return an explanation for each step of a run that has `cache`; none if the record of the run is gone."""
    record = read_run_record(platform, model, run)
    return explain_record(platform, record) if record else ()


def explain_record(
    platform: Platform, record: RunRecord, listings: Mapping[str, Listing] | None = None
) -> tuple[StepExplanation, ...]:
    """Return an explanation for each step with `cache`, each after those it reads from.

    `listings` are listings of data that are not stored yet, by the identity of the data.
    """
    s3 = aws.client("s3", platform.region)
    runs = dict.fromkeys(reuse.run for reuse in record.reuse.values() if reuse.run and not reuse.job)
    earlier = {run: read_run_record(platform, record.model, run, s3) for run in runs}
    find_changes = _build_finder(platform, record.model, s3, listings or {})
    return tuple(
        StepExplanation(
            step=step,
            reason=explain_step(record, step, earlier.get(reuse.run), find_changes),
            run=reuse.run,
            ended=reuse.ended,
            job=reuse.job.name if reuse.job else "",
        )
        for step in sort_steps(record)
        if (reuse := record.reuse.get(step))
    )


def _build_finder(platform: Platform, model: str, s3: Any, listings: Mapping[str, Listing]) -> FindChanges:
    """Return what finds the changes between two versions of data: in `listings`, or in those that runs stored."""

    @cache
    def read_listing(identity: str) -> Listing | None:
        if identity in listings:
            return listings[identity]
        uri = build_uri(platform.artifact_bucket, build_listing_key(model, identity))
        return parse_listing(read_object(platform, uri, s3=s3), uri)

    def find_changes(before: RecordedData, now: RecordedData) -> DataChanges | None:
        if before.identity is None or now.identity is None or bool(before.sha256) != bool(now.sha256):
            return None  # hashes of contents and ETags cannot be compared
        earlier, current = read_listing(before.identity), read_listing(now.identity)
        return None if earlier is None or current is None else compare_listings(earlier, current)

    return find_changes
