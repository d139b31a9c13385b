"""Handle the event that a run has ended: write the report of the version that it registered.

No other code writes reports to the artifact bucket. The event only says that a run ended; the facts are read from
Step Functions. So a duplicate or late event writes the current report again, which is harmless.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from typing import Any

from pushtrain import aws
from pushtrain.errors import RunFailed
from pushtrain.layout import build_report_key, build_uri, split_uri
from pushtrain.platform import Platform
from pushtrain.registry import find_version
from pushtrain.report.event import SUCCEEDED, read_event
from pushtrain.report.facts import gather_facts
from pushtrain.report.page import write_report
from pushtrain.runs import read_run

HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, kw_only=True)
class WrittenReport:
    """A report that was written; `uri` is the address that the model version stores."""

    model: str
    version: int
    uri: str


def receive(event: Mapping[str, Any], platform: Platform) -> WrittenReport | None:
    """Write the report; returns None if no run of this platform registered a model.

    Raises what AWS raises, and RunFailed while Step Functions does not yet report the end of the run (it may lag behind
    its events). Lambda then delivers the event again.
    """
    model_and_run = read_event(event, platform)
    if model_and_run is None:
        return None
    run = read_run(platform, *model_and_run)
    if run.status != SUCCEEDED:
        raise RunFailed(
            f"run {run.run} of {run.model} has succeeded according to its event; Step Functions says {run.status}"
        )
    version = find_version(platform, run.model_package) if run.model_package else None
    if version is None or (version.model, version.run) != model_and_run:
        return None  # not registered, deleted, or of another run: a template may output any ARN
    facts = gather_facts(platform, version, run)
    uri = build_uri(platform.artifact_bucket, build_report_key(*model_and_run))
    put_report(
        platform, uri, write_report(facts, now=datetime.now(UTC), pushtrain_version=metadata.version("pushtrain"))
    )
    return WrittenReport(model=version.model, version=version.version, uri=uri)


def put_report(platform: Platform, uri: str, text: str) -> None:
    """Upload a page to its address in the artifact bucket."""
    bucket, key = split_uri(uri)
    aws.client("s3", platform.region).put_object(Bucket=bucket, Key=key, Body=text.encode(), ContentType=HTML)
