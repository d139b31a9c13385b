"""Handle the event that a run has ended: write its result, and the report of the version that it registered.

A SageMaker model that its serving test left is deleted; so is that of an approved model that answered a file. Only this
code writes results and reports to the artifact bucket. The event only says that a run ended; the facts are read from
Step Functions and SageMaker. So a duplicate event writes the same result and the current report again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from importlib import metadata
from typing import Any

from msgspec import Struct

from pushtrain import aws
from pushtrain.errors import RunNotEnded
from pushtrain.layout import build_report_key, build_uri, split_uri
from pushtrain.lineage import record_inputs
from pushtrain.platform import Platform
from pushtrain.registry import find_version
from pushtrain.report.event import EndEvent, read_event, read_score_model
from pushtrain.report.facts import gather_facts
from pushtrain.report.intermediate import mark_intermediate_outputs
from pushtrain.report.page import write_report
from pushtrain.runs import (
    Run,
    build_run_result,
    delete_left_models,
    delete_model,
    read_run,
    record_checkpoints,
    write_reusable_jobs,
    write_run_result,
)
from pushtrain.version_index import refresh_model

HTML = "text/html; charset=utf-8"


class WrittenReport(Struct, frozen=True, kw_only=True):
    """A report that was written; `uri` is the address that the model version stores."""

    model: str
    version: int
    uri: str


class RecordedEnd(Struct, frozen=True, kw_only=True):
    """What was written about the end of a run: the S3 URI of result.json, and the report if a model was registered.

    `intermediate_objects` counts the objects of the run that S3 will delete.
    """

    result: str
    report: WrittenReport | None
    intermediate_objects: int = 0


def receive(event: Mapping[str, Any], platform: Platform) -> RecordedEnd | None:
    """Write the result and the report of a run that has ended.

    Returns None if the run is not of this platform, or if it was redriven after this end: then a later event reports
    its last end. Raises what AWS raises, and RunNotEnded while Step Functions does not yet report the end of the run,
    because it may lag behind its events. Lambda then delivers the event again.
    """
    if model := read_score_model(event, platform):
        delete_model(platform, model)
    end = read_event(event, platform)
    if end is None:
        return None
    run = read_run(platform, end.model, end.run)
    if end.redrives is not None and run.redrives > end.redrives:
        return None
    _check_status(run, end)
    delete_left_models(platform, run)
    record_checkpoints(platform, run)
    result = build_run_result(platform, run)
    uri = write_run_result(platform, result)
    write_reusable_jobs(platform, run, result)
    record_inputs(platform, result)
    report = _write_report(platform, run)
    count = mark_intermediate_outputs(platform, run)
    refresh_model(platform, run.model)  # last: if it fails, everything else is written
    return RecordedEnd(result=uri, report=report, intermediate_objects=count)


def put_report(platform: Platform, uri: str, text: str) -> None:
    """Upload a page to its address in the artifact bucket."""
    bucket, key = split_uri(uri)
    aws.client("s3", platform.region).put_object(Bucket=bucket, Key=key, Body=text.encode(), ContentType=HTML)


def _check_status(run: Run, end: EndEvent) -> None:
    if run.status != end.status:
        raise RunNotEnded(
            f"run {run.run} of {run.model} is {end.status} according to its event; Step Functions says {run.status}. "
            "Deliver the event again: Step Functions may report the end later"
        )


def _write_report(platform: Platform, run: Run) -> WrittenReport | None:
    """Write the report of the version that the run registered; None if it registered none."""
    version = find_version(platform, run.model_package) if run.model_package else None
    if version is None or (version.model, version.run) != (run.model, run.run):
        return None  # not registered, deleted, or of another run: a template may output any ARN
    facts = gather_facts(platform, version, run)
    uri = build_uri(platform.artifact_bucket, build_report_key(run.model, run.run))
    put_report(
        platform, uri, write_report(facts, now=datetime.now(UTC), pushtrain_version=metadata.version("pushtrain"))
    )
    return WrittenReport(model=version.model, version=version.version, uri=uri)
