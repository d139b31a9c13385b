"""Read the log of a run's job from CloudWatch Logs, or from embedded AWS on this computer."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, MutableMapping

from pushtrain import aws
from pushtrain.platform import Platform
from pushtrain.pushes.pushtrain_start import PACKAGES
from pushtrain.runs.model import Job

LINE_END = re.compile(r"\r\n|[\r\n]")
LATE = 600  # seconds after the end of a job in which its last lines may reach CloudWatch


def read_log_lines(platform: Platform, job: Job) -> Iterator[str]:
    """Yield all lines of a job that has ended, oldest first, one host after another; nothing if it wrote no log.

    Lines that reached CloudWatch long after the job's end are left out: other jobs of the team may write them. So are
    the lists of packages that the start file prints.
    """
    yield from _hide_packages(read_raw_lines(platform, job))


def read_raw_lines(platform: Platform, job: Job) -> Iterator[str]:
    """Yield the lines of `read_log_lines`, with the lists of packages."""
    yield from _read_lines(platform, job, {}, job.started + job.seconds + LATE if job.started else math.inf)


def read_new_lines(platform: Platform, job: Job, tokens: MutableMapping[str, str]) -> Iterator[str]:
    """Yield the lines since the last call. `tokens` remembers how far each log stream was read."""
    yield from _hide_packages(_read_lines(platform, job, tokens, math.inf))


def _hide_packages(lines: Iterable[str]) -> Iterator[str]:
    return (line for line in lines if not line.startswith(PACKAGES))


def _read_lines(platform: Platform, job: Job, tokens: MutableMapping[str, str], until: float) -> Iterator[str]:
    """Yield the lines since the last call that reached CloudWatch before `until`, in epoch seconds."""
    logs = aws.client("logs", platform.region)
    group = job.kind.log_group
    try:
        pages = list(
            logs.get_paginator("describe_log_streams").paginate(
                logGroupName=group, logStreamNamePrefix=f"{job.result_name}/"
            )
        )
    except logs.exceptions.ResourceNotFoundException:  # no job of this kind has written anything yet
        return
    for stream in (stream["logStreamName"] for page in pages for stream in page["logStreams"]):
        yield from _read_stream(logs, group, stream, tokens, until)


def read_last_lines(platform: Platform, job: Job, count: int = 500) -> list[str]:
    """Return the last `count` lines of each host, oldest first; none if AWS denies access to logs."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    logs = aws.client("logs", platform.region)
    group = job.kind.log_group
    try:
        streams = logs.describe_log_streams(logGroupName=group, logStreamNamePrefix=f"{job.result_name}/")["logStreams"]
        pages = [
            logs.get_log_events(logGroupName=group, logStreamName=stream["logStreamName"], limit=count)
            for stream in streams
        ]
    except ClientError as error:  # then the failure is explained without the log
        if error.response["Error"]["Code"] in {"ResourceNotFoundException", "AccessDeniedException"}:
            return []
        raise
    return [line for page in pages for event in page["events"] for line in split_message(event["message"])]


def split_message(message: str) -> list[str]:
    r"""Return the lines of a log event. A progress bar writes one event with a `\r` before each of its states.

    Each state becomes a line, as on this computer; the empty texts between them do not.
    """
    return [line for line in LINE_END.split(message) if line] or [""]


def _read_stream(
    logs: object, group: str, stream: str, tokens: MutableMapping[str, str], until: float
) -> Iterator[str]:
    """Read one stream. GetLogEvents has no paginator: the same token twice means the end."""
    while True:
        token = {"nextToken": tokens[stream]} if stream in tokens else {}
        page = logs.get_log_events(  # type: ignore[attr-defined]
            logGroupName=group, logStreamName=stream, startFromHead=True, **token
        )
        for event in page["events"]:
            if event["ingestionTime"] <= until * 1000:  # set by CloudWatch; the timestamp is whatever a writer says
                yield from split_message(event["message"])
        if tokens.get(stream) == page["nextForwardToken"]:
            return
        tokens[stream] = page["nextForwardToken"]
