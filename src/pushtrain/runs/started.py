"""Find the runs of all models that started last. Reads S3 and Step Functions, changes nothing.

The handler of pushes writes an empty object for each run, whose key has its start: one request lists 1,000 of them, the
newest first. It is a hint. The execution may never have begun, and a run that somebody started by hand has none.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import islice
from typing import Any

from pushtrain import aws
from pushtrain.launch.state_machine import build_execution_arn
from pushtrain.layout import STARTS_PREFIX, parse_start_key
from pushtrain.parallel import call_all
from pushtrain.platform import Platform
from pushtrain.runs.executions import is_of_other_team
from pushtrain.runs.listed_run import build_listed_run
from pushtrain.runs.model import Run

KEPT = 90 * 86_400  # seconds that Step Functions keeps an execution after its end


def find_started_runs(states: Any, platform: Platform, since: float, limit: int) -> list[Run]:
    """Return the newest `limit` runs that noted their start. Runs of other teams are left out."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    denied_models: set[str] = set()

    def describe(start: tuple[str, str]) -> Run | None:
        model, run = start
        if model in denied_models:
            return None
        try:
            described = states.describe_execution(executionArn=build_execution_arn(platform, model, run))
        except states.exceptions.ExecutionDoesNotExist:
            return None
        except ClientError as error:
            if not is_of_other_team(platform, error):
                raise
            denied_models.add(model)
            return None
        return build_listed_run(model, described, described)

    starts = list_started(aws.client("s3", platform.region), platform, since)
    runs: list[Run] = []
    while len(runs) < limit and (batch := list(islice(starts, limit - len(runs)))):
        runs += [run for run in call_all(describe, batch) if run]
    return runs


def list_started(s3: Any, platform: Platform, since: float = 0.0) -> Iterator[tuple[str, str]]:
    """Yield model and id of each run that started at `since` (epoch) or later, but not before 90 days, newest first."""
    earliest = max(since, time.time() - KEPT)
    listed: set[tuple[str, str]] = set()  # two deliveries of a push may note two starts
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=platform.artifact_bucket, Prefix=STARTS_PREFIX)
    for page in pages:
        for entry in page.get("Contents", ()):
            start = parse_start_key(entry["Key"])
            if start is None:
                continue
            model, run, started = start
            if started < earliest:
                return
            if (model, run) not in listed:
                listed.add((model, run))
                yield model, run
