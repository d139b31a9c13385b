"""CloudWatch Logs for the jobs of this machine: log groups of SageMaker, read from the jobs' log files.

In: requests of the Logs API on /aws/sagemaker/TrainingJobs and ProcessingJobs. Out: the lines, for jobs of earlier
processes too. A file keeps no time per line: all lines carry the job's creation time. Other groups stay moto's.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from pushtrain.local.api import ApiError, Operation, RequestScope, paginate, serve
from pushtrain.local.events import JobKind
from pushtrain.local.patches import Patches
from pushtrain.local.sagemaker import job_documents as documents
from pushtrain.local.sagemaker.jobs import Jobs

Request = dict[str, Any]
GROUPS: dict[str, JobKind] = {"/aws/sagemaker/TrainingJobs": "training", "/aws/sagemaker/ProcessingJobs": "processing"}
LIMIT = 10_000  # events a page, API reference of GetLogEvents


def serve_logs(patches: Patches, jobs: Jobs) -> None:
    """Lets moto's `logs` answer for jobs, from the moment that somebody asks for it: its import is not free."""
    import moto.backends  # noqa: PLC0415

    stock = moto.backends.get_backend
    served: list[bool] = []

    def get_backend(name: str) -> Any:
        backend = stock(name)
        if name == "logs" and not served:
            served.append(True)
            _serve(patches, JobLogs(jobs))
        return backend

    patches.replace(moto.backends, "get_backend", get_backend)


def _serve(patches: Patches, logs: JobLogs) -> None:
    from moto.logs.responses import LogsResponse  # noqa: PLC0415

    ours: dict[str, Operation] = {
        "describe_log_streams": logs.describe_log_streams,
        "get_log_events": logs.get_log_events,
        "filter_log_events": logs.filter_log_events,
    }
    stock = {name: getattr(LogsResponse, name) for name in ours}
    serve(patches, LogsResponse, ours)
    for name, method in stock.items():
        patches.replace(LogsResponse, name, _by_group(getattr(LogsResponse, name), method))


def _by_group(ours: Callable[[Any], Any], stock: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def method(self: Any) -> Any:
        return (ours if _group(json.loads(self.body)) in GROUPS else stock)(self)

    return method


def _group(request: Request) -> str:
    """The group's name; an identifier may be its name or its ARN."""
    asked = str(request.get("logGroupName") or request.get("logGroupIdentifier", ""))
    return asked.removesuffix(":*").rpartition(":log-group:")[2] if asked.startswith("arn:") else asked


class JobLogs:
    """The three operations that read logs."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs

    def describe_log_streams(self, request: Request, _: RequestScope) -> Request:
        """A stream for each job that wrote something, newest last."""
        prefix = request.get("logStreamNamePrefix", "")
        names = [name for name in self._streams(request) if name.startswith(prefix)]
        found, token = paginate(
            names[::-1] if request.get("descending") else names, request.get("limit"), request.get("nextToken")
        )
        described = [{"logStreamName": name, "creationTime": self._streams(request)[name]} for name in found]
        return {"logStreams": described} | ({"nextToken": token} if token else {})

    def get_log_events(self, request: Request, _: RequestScope) -> Request:
        """The lines of one stream from its head; tokens are `f/` and the number of the next line."""
        stream = request["logStreamName"]
        events = self._events(request, stream)
        first = int(str(request.get("nextToken", "f/0")).rpartition("/")[2])
        last = min(len(events), first + request.get("limit", LIMIT))
        if not request.get("startFromHead") and "nextToken" not in request:
            first, last = max(0, len(events) - request.get("limit", LIMIT)), len(events)
        return {"events": events[first:last], "nextForwardToken": f"f/{last}", "nextBackwardToken": f"b/{first}"}

    def filter_log_events(self, request: Request, _: RequestScope) -> Request:
        """Lines of several streams. A pattern is plain words that a line must all hold; other syntax is refused."""
        pattern = request.get("filterPattern", "")
        if any(character in pattern for character in '{}[]?"%'):
            raise ApiError(
                "InvalidParameterException", f"filterPattern {pattern!r}: only plain words are known on this machine"
            )
        prefix, chosen = request.get("logStreamNamePrefix", ""), request.get("logStreamNames")
        streams = [
            name for name in self._streams(request) if name.startswith(prefix) and (not chosen or name in chosen)
        ]
        events = [
            {**event, "logStreamName": stream, "eventId": f"{stream}/{number}"}
            for stream in streams
            for number, event in enumerate(self._events(request, stream))
            if all(word in event["message"] for word in pattern.split())
        ]
        found, token = paginate(events, request.get("limit", LIMIT), request.get("nextToken"))
        return {"events": list(found)} | ({"nextToken": token} if token else {})

    def _streams(self, request: Request) -> dict[str, int]:
        """Stream name and creation time in epoch milliseconds, oldest first."""
        kind = GROUPS[_group(request)]
        jobs = {job[documents.NAME[kind]]: round(job["CreationTime"] * 1000) for job in self._jobs.list_all(kind)}
        return {f"{name}/algo-1-{made}": made for name, made in jobs.items() if self._jobs.log(name).exists()}

    def _events(self, request: Request, stream: str) -> list[Request]:
        made = self._streams(request).get(stream)
        if made is None:
            raise ApiError("ResourceNotFoundException", "The specified log stream does not exist.")
        if not request.get("startTime", 0) <= made <= request.get("endTime", made):
            return []
        text = self._jobs.log(stream.partition("/")[0]).read_text(encoding="utf-8", errors="replace")
        return [{"timestamp": made, "ingestionTime": made, "message": line} for line in text.splitlines()]
