"""SageMaker jobs that really run: records, statuses over time, one thread a job, stop.

In: CreateTrainingJob and CreateProcessingJob requests, and the function that runs the container contract. Out: the
documents that DescribeTrainingJob and DescribeProcessingJob answer (times in epoch seconds, as on the wire), kept in
the store so that later processes answer too. It knows neither moto nor Step Functions.
"""

from __future__ import annotations

import shutil
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pushtrain import aws
from pushtrain.catalog.api import problems_in
from pushtrain.errors import PushtrainError
from pushtrain.local.api import ApiError
from pushtrain.local.events import Event, JobEnded, JobKind, JobLine, JobStarted
from pushtrain.local.liveness import describe_this_process, is_alive
from pushtrain.local.sagemaker import job_documents as documents
from pushtrain.local.storage.store import Store

if TYPE_CHECKING:
    from pushtrain.local.container.jobs import JobResult

POLL_SECONDS = 0.1
JOIN_SECONDS = 20.0  # longer than the grace that a stopped script gets


RunJob = Callable[..., Any]


@dataclass(frozen=True, kw_only=True)
class _Live:
    """A job of this process: set `stop` to end it; `done` is set when its record is final."""

    record: dict[str, Any]
    stop: threading.Event = field(default_factory=threading.Event)
    done: threading.Event = field(default_factory=threading.Event)


class Jobs:
    """All jobs of the store, and the threads of those that run in this process."""

    def __init__(
        self,
        *,
        store: Store,
        run_job: RunJob,
        folder: Path,
        on_event: Callable[[Event], object],
        aws_variables: Mapping[str, str],
    ) -> None:
        self.folder = folder
        self._store, self._run_job, self._on_event, self._aws_variables = store, run_job, on_event, aws_variables
        self._live: dict[str, _Live] = {}
        self._lock = threading.RLock()
        self._closed = False
        self._s3: Any = None

    def create(self, kind: JobKind, request: Mapping[str, Any], *, account: str, region: str, step: str = "") -> str:
        """Starts a job and gives its ARN. Raises ApiError: ValidationException or ResourceInUse."""
        _check(kind, request)
        record = documents.new_record(kind, request, account=account, region=region)
        record |= {"step": step, "process": describe_this_process()}
        key = documents.key(kind, record["name"])
        live = _Live(record=record)
        with self._lock:
            if self._closed:  # a run that was just stopped may be about to start its next job
                raise ApiError("ValidationException", "embedded AWS is going down")
            with self._store.write_lock():
                if (existing := self._store.get("job", key)) is not None:
                    raise ApiError("ResourceInUse", documents.taken(existing))
                self._store.put("job", key, record)
            self._live[key] = live
        self._on_event(JobStarted(job=record["name"], step=step, kind=kind))
        threading.Thread(target=self._run, args=(live,), name=f"job {key}", daemon=True).start()
        return str(record["arn"])

    def describe(self, kind: JobKind, name: str) -> dict[str, Any]:
        """What Describe answers. Raises ApiError (ValidationException) when there is no such job."""
        record = self._store.get("job", documents.key(kind, name))
        if record is None:
            raise ApiError("ValidationException", f"Requested resource not found: {kind} job {name}")
        return dict(self._settled(record)["describe"])

    def list_all(self, kind: JobKind) -> list[dict[str, Any]]:
        """The Describe document of every job of a kind, oldest first."""
        return [
            dict(self._settled(record)["describe"])
            for _, record in self._store.list_all("job")
            if record["kind"] == kind
        ]

    def stop(self, kind: JobKind, name: str) -> None:
        """Asks a running job to end; one that has ended is left alone. Raises ApiError."""
        status = self.describe(kind, name)[documents.STATUS[kind]]
        live = self._live.get(documents.key(kind, name))
        if status in documents.ENDED:
            return
        if live is None:
            raise ApiError(
                "ValidationException", f"{kind} job {name} runs in another process of this machine: stop it there"
            )
        with self._lock:
            if not live.done.is_set():
                self._save(documents.stopping(live.record))
        live.stop.set()

    def wait(self, kind: JobKind, name: str, *, while_true: Callable[[], bool]) -> dict[str, Any] | None:
        """The final Describe document of a job of this process; None once `while_true` says no."""
        live = self._live[documents.key(kind, name)]
        while not live.done.wait(POLL_SECONDS):
            if not while_true():
                return None
        return dict(live.record["describe"])

    def stop_all(self) -> None:
        """Ends every job of this process and waits until their threads have recorded it. No other is started."""
        with self._lock:
            self._closed = True
        for live in list(self._live.values()):
            live.stop.set()
        deadline = time.monotonic() + JOIN_SECONDS
        for live in list(self._live.values()):
            live.done.wait(max(0.0, deadline - time.monotonic()))

    def log(self, name: str) -> Path:
        """Where the lines of a job are, whichever process ran it."""
        return self.folder / name / "log.txt"

    def _run(self, live: _Live) -> None:
        record, begun = live.record, time.monotonic()
        with self._lock:
            self._save(documents.training(record))
        outcome = self._outcome(live)
        with self._lock:
            if isinstance(outcome, str):
                documents.broken(record, outcome)
            else:
                documents.ended(record, outcome)
            self._save(record)
            live.done.set()
        status = record["describe"][documents.STATUS[record["kind"]]]
        self._on_event(JobEnded(job=record["name"], status=status, seconds=time.monotonic() - begun))

    def _outcome(self, live: _Live) -> JobResult | str:
        """How the container contract ended, or why it could not be carried out."""
        try:
            return self._call(live)
        except PushtrainError as error:
            reason, said = f"ClientError: {error}", f"{error}\n"
        except Exception as error:  # noqa: BLE001 - our bug, in a thread nobody joins: a run must not wait for ever
            reason, said = f"InternalServerError: {type(error).__name__}: {error}", traceback.format_exc()
        path = self.log(live.record["name"])
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as log:
            log.write(said)
        return reason

    def _call(self, live: _Live) -> JobResult:
        record = live.record
        name = record["name"]
        folder = self.folder / name
        try:
            result: JobResult = self._run_job(
                record["kind"],
                record["request"],
                s3=self._client(record["region"]),
                folder=folder,
                stop=live.stop,
                on_line=lambda line: self._on_event(JobLine(job=name, line=line)),
                aws_variables=self._aws_variables,
            )
        finally:
            self._clear(name)
        return result

    def _clear(self, name: str) -> None:
        """Only the log stays: what counts is in S3, and a copy of all data for every job would fill the disk."""
        for left in (self.folder / name).glob("*"):
            if left.is_dir():
                shutil.rmtree(left, ignore_errors=True)

    def _client(self, region: str) -> Any:
        """One S3 client for all jobs."""
        with self._lock:
            if self._s3 is None:
                self._s3 = aws.client("s3", region)
            return self._s3

    def _save(self, record: dict[str, Any]) -> None:
        self._store.put("job", documents.key(record["kind"], record["name"]), record)

    def _settled(self, record: dict[str, Any]) -> dict[str, Any]:
        """The record; a job whose process died without saying so is put down as Stopped."""
        running = record["describe"][documents.STATUS[record["kind"]]] not in documents.ENDED
        if running and not is_alive(record["process"]):
            self._clear(record["name"])
            documents.lost(record)
            self._save(record)
        return record


def _check(kind: JobKind, request: Mapping[str, Any]) -> None:
    """Raises ApiError (ValidationException) that lists what AWS's API model forbids in the request."""
    problems = [str(problem) for problem in problems_in(documents.OPERATION[kind], request)]
    if problems:
        count = f"{len(problems)} validation error{'s' if len(problems) > 1 else ''} detected"
        raise ApiError("ValidationException", f"{count}: {'; '.join(problems)}")
