"""Mark the intermediate outputs of a run that succeeded: S3 deletes what has the mark after `intermediate_days`.

Intermediate is what a processing job wrote for a later step of the same run. Never marked: models, the output with
evaluation.json, outputs that no step reads, and all documents of the run. So everything that a version, a report,
serving or a person needs stays. Nothing of a run that did not succeed is marked: a redrive reads its outputs.

A lifecycle rule cannot find these objects by their keys: S3 has no patterns, and keys start with the model.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from pushtrain import aws
from pushtrain.catalog.job_kinds import PROCESSING
from pushtrain.layout import build_job_prefix, build_output_key
from pushtrain.platform import INTERMEDIATE_TAG, Platform
from pushtrain.report.facts import read_config
from pushtrain.runs import Run, read_run_record

if TYPE_CHECKING:
    from pushtrain.config import Config

SUCCEEDED = "SUCCEEDED"
OBJECT_LIMIT = 10_000  # objects of a run that are marked: a request each, and the handler has five minutes
REQUESTS_AT_ONCE = 16


def mark_intermediate_outputs(platform: Platform, run: Run) -> int:
    """Mark the intermediate outputs of a run. Return how many objects have the mark now.

    To mark an object twice changes nothing. Raises what AWS raises. Nothing is marked without `intermediate_days`, if
    config.yaml is gone, or if the run did not succeed.
    """
    if not platform.intermediate_days or run.status != SUCCEEDED:
        return 0
    config = read_config(platform, read_run_record(platform, run.model, run.run))
    if config is None:
        return 0
    s3 = aws.client("s3", platform.region)
    all_keys = (key for prefix in list_prefixes(config, run) for key in _list_keys(s3, platform, prefix))
    keys = list(itertools.islice(all_keys, OBJECT_LIMIT))
    with ThreadPoolExecutor(max_workers=REQUESTS_AT_ONCE) as threads:
        list(threads.map(lambda key: _mark(s3, platform, key), keys))
    return len(keys)


def list_prefixes(config: Config, run: Run) -> list[str]:
    """Return the prefixes of the intermediate outputs: `churn/runs/3f1c9a-0b42de/preprocess/job-1/rows/`."""
    from pushtrain.config import list_evaluation_sources, list_steps  # noqa: PLC0415 - config models are slow to import

    steps = {step.name: step for step in list_steps(config)}
    sources = {entry.source for step in steps.values() for entry in step.inputs if entry.source.step}
    sources -= {*list_evaluation_sources(config)}
    return [
        build_output_key(build_job_prefix(run.model, run.run, job.step, job.name), source.path)
        for job in run.jobs
        for source in sorted(sources, key=str)
        if source.step == job.step and steps[source.step].kind == PROCESSING and source.path.endswith("/")
    ]


def _list_keys(s3: Any, platform: Platform, prefix: str) -> Iterator[str]:
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=platform.artifact_bucket, Prefix=prefix)
    return (entry["Key"] for page in pages for entry in page.get("Contents", ()))


def _mark(s3: Any, platform: Platform, key: str) -> None:
    name, value = INTERMEDIATE_TAG
    s3.put_object_tagging(Bucket=platform.artifact_bucket, Key=key, Tagging={"TagSet": [{"Key": name, "Value": value}]})
