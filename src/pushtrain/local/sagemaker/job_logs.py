"""CloudWatch Logs for the jobs of this computer: the log groups of SageMaker, read from the jobs' log files.

In: requests of the Logs API on /aws/sagemaker/TrainingJobs and ProcessingJobs. Out: the lines, also of jobs of earlier
processes. The files have no time for each line, so every line has the creation time of its job. moto still answers for
all other log groups.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from pushtrain.catalog.job_kinds import LOGGED_KINDS
from pushtrain.local.api import ApiError, Operation, Request, RequestScope, paginate, serve
from pushtrain.local.patches import Patches
from pushtrain.local.sagemaker.jobs import Jobs

GROUPS = {kind.log_group: kind for kind in LOGGED_KINDS}
LIMIT = 10_000  # events a page, API reference of GetLogEvents


def serve_logs(patches: Patches, jobs: Jobs) -> None:
    """Let moto's `logs` answer for jobs. moto's logs are imported on the first call only: importing takes time."""
    import moto.backends  # noqa: PLC0415

    stock = moto.backends.get_backend
    patched_backends: list[str] = []

    def get_backend(name: str) -> Any:
        backend = stock(name)
        if name == "logs" and not patched_backends:
            patched_backends.append(name)
            _serve(patches, JobLogs(jobs))
        return backend

    patches.replace(moto.backends, "get_backend", get_backend)


def _serve(patches: Patches, logs: JobLogs) -> None:
    from moto.logs.responses import LogsResponse  # noqa: PLC0415

    operations: dict[str, Operation] = {
        "describe_log_streams": logs.describe_log_streams,
        "get_log_events": logs.get_log_events,
        "filter_log_events": logs.filter_log_events,
    }
    stock_methods = {name: getattr(LogsResponse, name) for name in operations}
    serve(patches, LogsResponse, operations)
    for name, stock in stock_methods.items():
        patches.replace(LogsResponse, name, _choose_by_group(getattr(LogsResponse, name), stock))


def _choose_by_group(job_method: Callable[[Any], Any], stock: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a method that calls `job_method` for log groups of jobs, and moto's method for all others."""

    def method(self: Any) -> Any:
        return (job_method if is_of_jobs(json.loads(self.body)) else stock)(self)

    return method


def is_of_jobs(request: Request) -> bool:
    """Return True if the request names a log group of SageMaker's jobs."""
    return _read_group(request) in GROUPS


def _read_group(request: Request) -> str:
    """Return the name of the request's log group. The request has the name or the ARN."""
    group = str(request.get("logGroupName") or request.get("logGroupIdentifier", ""))
    return group.removesuffix(":*").rpartition(":log-group:")[2] if group.startswith("arn:") else group


class JobLogs:
    """The three operations that read logs."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs

    def describe_log_streams(self, request: Request, _: RequestScope) -> Request:
        """Return one stream for each job that has a log, the newest last."""
        prefix = request.get("logStreamNamePrefix", "")
        names = [name for name in self._list_streams(request) if name.startswith(prefix)]
        page, token = paginate(
            names[::-1] if request.get("descending") else names, request.get("limit"), request.get("nextToken")
        )
        described = [{"logStreamName": name, "creationTime": self._list_streams(request)[name]} for name in page]
        return {"logStreams": described} | ({"nextToken": token} if token else {})

    def get_log_events(self, request: Request, _: RequestScope) -> Request:
        """Return the lines of one stream. A token is `f/` and the number of the next line."""
        stream = request["logStreamName"]
        events = self._read_events(request, stream)
        first = int(str(request.get("nextToken", "f/0")).rpartition("/")[2])
        last = min(len(events), first + request.get("limit", LIMIT))
        if not request.get("startFromHead") and "nextToken" not in request:
            first, last = max(0, len(events) - request.get("limit", LIMIT)), len(events)
        return {"events": events[first:last], "nextForwardToken": f"f/{last}", "nextBackwardToken": f"b/{first}"}

    def filter_log_events(self, request: Request, _: RequestScope) -> Request:
        """Return lines of several streams. A pattern can only be a list of words that a line must contain."""
        pattern = request.get("filterPattern", "")
        if any(character in pattern for character in '{}[]?"%'):
            raise ApiError(
                "InvalidParameterException", f"filterPattern {pattern!r}: only plain words work on this computer"
            )
        prefix, requested_streams = request.get("logStreamNamePrefix", ""), request.get("logStreamNames")
        streams = [
            name
            for name in self._list_streams(request)
            if name.startswith(prefix) and (not requested_streams or name in requested_streams)
        ]
        events = [
            {**event, "logStreamName": stream, "eventId": f"{stream}/{number}"}
            for stream in streams
            for number, event in enumerate(self._read_events(request, stream))
            if all(term in event["message"] for term in pattern.split())
        ]
        page, token = paginate(events, request.get("limit", LIMIT), request.get("nextToken"))
        return {"events": list(page)} | ({"nextToken": token} if token else {})

    def _list_streams(self, request: Request) -> dict[str, int]:
        """Return the creation time of each stream by its name, in epoch milliseconds, the oldest first."""
        kind = GROUPS[_read_group(request)]
        times = {job[kind.name_member]: round(job["CreationTime"] * 1000) for job in self._jobs.list_all(kind)}
        return {f"{name}/algo-1-{time}": time for name, time in times.items() if self._jobs.log_file(name).exists()}

    def _read_events(self, request: Request, stream: str) -> list[Request]:
        """Return the events of a stream within the request's time range. Raises ApiError if there is no such stream."""
        time = self._list_streams(request).get(stream)
        if time is None:
            raise ApiError("ResourceNotFoundException", "The specified log stream does not exist.")
        if not request.get("startTime", 0) <= time <= request.get("endTime", time):
            return []
        text = self._jobs.log_file(stream.partition("/")[0]).read_text(encoding="utf-8", errors="replace")
        return [{"timestamp": time, "ingestionTime": time, "message": line} for line in text.splitlines()]
