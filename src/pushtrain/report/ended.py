"""The event of a run's end -> the report of the version it registered, in the artifact bucket. The only writer there.

The event only wakes: what became of the run is read from Step Functions, so a duplicate or a late delivery writes the
report anew, as things are then, and does no harm.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from typing import Any

from pushtrain import aws
from pushtrain.errors import RunFailed
from pushtrain.platform import Platform
from pushtrain.registry import find_version
from pushtrain.report.event import ENDED_WELL, read_event
from pushtrain.report.facts import gather_facts
from pushtrain.report.page import write_report
from pushtrain.runs import read_run
from pushtrain.workflow import names

HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, kw_only=True)
class Reported:
    """A report that was written, and where: the address that the model version carries."""

    model: str
    version: int
    uri: str


def receive(event: Mapping[str, Any], platform: Platform) -> Reported | None:
    """Write the report; None when the event tells of no run of ours that registered a model.

    Raises what AWS raises, and RunFailed while Step Functions does not yet tell of the end (what it describes may lag
    behind its events): Lambda then delivers the event again.
    """
    named = read_event(event, platform)
    if named is None:
        return None
    run = read_run(platform, *named)
    if run.status != ENDED_WELL:
        raise RunFailed(f"run {run.run} of {run.model} ended well, says its event; Step Functions says {run.status}")
    version = find_version(platform, run.model_package) if run.model_package else None
    if version is None or (version.model, version.run) != named:
        return None  # not registered, deleted since, or not this run's: what a template says it made is not believed
    facts = gather_facts(platform, version, run)
    uri = names.build_report_uri(platform, *named)
    put_report(
        platform, uri, write_report(facts, now=datetime.now(UTC), pushtrain_version=metadata.version("pushtrain"))
    )
    return Reported(model=version.model, version=version.version, uri=uri)


def put_report(platform: Platform, uri: str, text: str) -> None:
    """A page at its place in the artifact bucket."""
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    aws.client("s3", platform.region).put_object(Bucket=bucket, Key=key, Body=text.encode(), ContentType=HTML)
