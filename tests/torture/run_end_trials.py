"""The end of a run that on_run_end gets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pushtrain import aws
from pushtrain.launch.start import Launched
from pushtrain.layout import build_lineage_key, build_report_key, build_result_key, build_version_index_key
from pushtrain.local.states.run_end_events import build_run_end_event
from pushtrain.teams import ONLY_TEAM
from tests.embedded.launch.plain import PLATFORM
from tests.torture.fault_trials import Trial, import_handler

handler = import_handler("on_run_end")


class RunEndTrial(Trial):
    """The end of a run, of which nothing is written yet: what an earlier trial wrote is deleted."""

    def __init__(self, run: Launched, status: str, _: int) -> None:
        self.result, self.report = build_result_key(run.model, run.run), build_report_key(run.model, run.run)
        self.indexes = (build_lineage_key(run.model), build_version_index_key(ONLY_TEAM.name))
        self.status, self.answers = status, list[dict[str, Any]]()
        described = aws.client("stepfunctions").describe_execution(executionArn=run.arn)
        self.event = build_run_end_event(described, PLATFORM)
        for key in (self.result, self.report, *self.indexes):
            aws.client("s3").delete_object(Bucket=PLATFORM.artifact_bucket, Key=key)

    def deliver(self) -> None:
        self.answers.append(handler(self.event, None))

    def find_problems(self) -> Iterator[str]:
        result, report = _read(self.result), _read(self.report)
        if result is None or json.loads(result)["status"] != self.status:
            yield "lost: no result.json" if result is None else f"untrue: {result!r}"
        if (report is None) == (self.status == "SUCCEEDED"):
            yield "lost: no report" if report is None else "untrue: a report of a run that registered nothing"
        yield from (f"lost: no {key}" for key in self.indexes if _read(key) is None)
        if self.answers and self.answers[-1]["result"] != f"s3://{PLATFORM.artifact_bucket}/{self.result}":
            yield f"untrue: {self.answers[-1]}"


def _read(key: str) -> bytes | None:
    s3 = aws.client("s3")
    try:
        body: bytes = s3.get_object(Bucket=PLATFORM.artifact_bucket, Key=key)["Body"].read()
    except s3.exceptions.NoSuchKey:
        return None
    return body
