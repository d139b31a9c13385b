"""The log of a run's job, from CloudWatch (or what stands for it on this machine)."""

from __future__ import annotations

from collections.abc import Iterator

from pushtrain import aws
from pushtrain.platform import Platform
from pushtrain.runs.model import Job


def log_lines(platform: Platform, job: Job) -> Iterator[str]:
    """All lines of a job, oldest first; of several hosts one after another. None when nothing was written."""
    logs = aws.client("logs", platform.region)
    group = f"/aws/sagemaker/{job.kind}Jobs"
    try:
        pages = list(
            logs.get_paginator("describe_log_streams").paginate(logGroupName=group, logStreamNamePrefix=f"{job.name}/")
        )
    except logs.exceptions.ResourceNotFoundException:  # no job of this kind has written anything yet
        return
    for stream in (stream["logStreamName"] for page in pages for stream in page["logStreams"]):
        yield from _stream(logs, group, stream)


def _stream(logs: object, group: str, stream: str) -> Iterator[str]:
    """GetLogEvents has no paginator: the same token twice means the end."""
    token: dict[str, str] = {}
    while True:
        page = logs.get_log_events(  # type: ignore[attr-defined]
            logGroupName=group, logStreamName=stream, startFromHead=True, **token
        )
        for event in page["events"]:
            yield event["message"]
        if token.get("nextToken") == page["nextForwardToken"]:
            return
        token = {"nextToken": page["nextForwardToken"]}
