"""The log of a job in CloudWatch Logs."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from botocore.exceptions import ClientError

from pushtrain import aws
from pushtrain.catalog import job_kinds
from pushtrain.platform import Platform
from pushtrain.runs.logs import LATE, read_last_lines, read_log_lines, read_new_lines, read_raw_lines
from pushtrain.runs.model import Job

JOB = Job(step="train", name="job", kind=job_kinds.TRAINING, status="InProgress", seconds=0.0)


class Logs:
    """Two streams with lines; the token of a stream is how many lines were read."""

    class exceptions:  # noqa: N801 - as boto3 names it
        """Errors of the service."""

        class ResourceNotFoundException(Exception):
            """There is no such log group."""

    def __init__(self) -> None:
        self.lines = {"job/host-1": ["a", "b"], "job/host-2": ["c"]}
        self.late = 0

    def get_paginator(self, _: str) -> Logs:
        return self

    def paginate(self, **_: str) -> list[dict[str, Any]]:
        return [self.describe_log_streams()]

    def describe_log_streams(self, **_: str) -> dict[str, Any]:
        return {"logStreams": [{"logStreamName": name} for name in self.lines]}

    def get_log_events(self, **request: Any) -> dict[str, Any]:
        lines = self.lines[request["logStreamName"]]
        page = lines[-request["limit"] :] if "limit" in request else lines[int(request.get("nextToken", 0)) :]
        events = [{"message": line, "ingestionTime": self.late if line == "late" else 0} for line in page]
        return {"events": events, "nextForwardToken": str(len(lines))}


@pytest.fixture
def logs(monkeypatch: pytest.MonkeyPatch) -> Logs:
    logs = Logs()
    monkeypatch.setattr(aws, "client", lambda *_: logs)
    return logs


def test_the_lines_of_one_host_come_after_those_of_another(logs: Logs) -> None:
    assert list(read_log_lines(Platform.local(), JOB)) == ["a", "b", "c"]


def test_lists_of_packages_are_not_shown(logs: Logs) -> None:
    logs.lines = {"job/host-1": ['pushtrain-packages 1/1 {"a": "1"}', "b"]}
    assert list(read_log_lines(Platform.local(), JOB)) == list(read_new_lines(Platform.local(), JOB, {})) == ["b"]
    assert len(list(read_raw_lines(Platform.local(), JOB))) == 2


def test_a_line_that_somebody_adds_long_after_the_end_is_none_of_the_jobs(logs: Logs) -> None:
    """A job of the team may write to the log stream of another, and open streams with its name."""
    ended = msgspec.structs.replace(JOB, status="Completed", started=1000.0, seconds=60.0)
    logs.lines = {"job/host-1": ["a", "late"], "job/planted": ["late"]}
    logs.late = (1060 + LATE) * 1000
    assert list(read_log_lines(Platform.local(), ended)) == ["a", "late", "late"]
    logs.late += 1
    assert list(read_log_lines(Platform.local(), ended)) == ["a"]
    assert list(read_log_lines(Platform.local(), JOB)) == ["a", "late", "late"]  # it is not known when it started


def test_new_lines_are_only_those_that_were_not_read_before(logs: Logs) -> None:
    tokens: dict[str, str] = {}
    assert list(read_new_lines(Platform.local(), JOB, tokens)) == ["a", "b", "c"]
    logs.lines["job/host-1"].append("d")
    assert list(read_new_lines(Platform.local(), JOB, tokens)) == ["d"]


def test_the_last_lines_of_each_host(logs: Logs) -> None:
    assert read_last_lines(Platform.local(), JOB, count=1) == ["b", "c"]


def test_a_log_that_may_not_be_read_has_no_lines(logs: Logs, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: str) -> None:
        raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": ""}}, "DescribeLogStreams")

    monkeypatch.setattr(logs, "describe_log_streams", refuse)
    assert read_last_lines(Platform.local(), JOB) == []


@pytest.mark.parametrize(
    ("message", "lines"),
    [
        ("\r  0%|    | 0/2\r 50%|##  | 1/2\r100%|####| 2/2", ["  0%|    | 0/2", " 50%|##  | 1/2", "100%|####| 2/2"]),
        ("windows\r\n", ["windows"]),
        ("two\nlines", ["two", "lines"]),
        ("", [""]),
        ("\r", [""]),
    ],
)
def test_each_state_of_a_progress_bar_is_a_line(message: str, lines: list[str], logs: Logs) -> None:
    logs.lines = {"job/host-1": [message]}
    assert list(read_log_lines(Platform.local(), JOB)) == lines
    assert read_last_lines(Platform.local(), JOB) == lines
