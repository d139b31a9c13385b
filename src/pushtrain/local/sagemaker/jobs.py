"""SageMaker jobs that really run: start each job in its own thread, record its status, and stop it.

In: CreateTrainingJob and CreateProcessingJob requests, and the function that runs the container contract. Out: the
responses of DescribeTrainingJob and DescribeProcessingJob (times in epoch seconds). They are kept in the store, so that
later processes can return them too. This module uses neither moto nor Step Functions.
"""

from __future__ import annotations

import json
import shutil
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from pushtrain import aws
from pushtrain.catalog.api import find_request_problems
from pushtrain.catalog.job_kind import JobKind
from pushtrain.catalog.job_kinds import CAPACITY_ERROR, TRAINING, TUNING
from pushtrain.errors import LocalError, PushtrainError
from pushtrain.layout import build_packages_key, split_uri
from pushtrain.local.api import ApiError
from pushtrain.local.events import Event, JobEnded, JobLine, JobStarted
from pushtrain.local.liveness import describe_this_process, is_alive
from pushtrain.local.sagemaker import job_documents as documents
from pushtrain.local.sagemaker.tuning import SearchEnd, TrialRunner, run_search
from pushtrain.local.storage.store import Store
from pushtrain.runs.outputs import find_job_folder

if TYPE_CHECKING:
    from pushtrain.local.container.jobs import JobResult

POLL_SECONDS = 0.1
JOIN_SECONDS = 20.0  # longer than a stopped script may go on (process.GRACE_SECONDS)

RunJob = Callable[..., Any]


class NoCapacity(Exception):
    """There is no instance for a job, so that it never starts. Tests let `run_job` raise it as AWS does by chance."""


class _LiveJob(Struct, frozen=True, kw_only=True):
    """A job that runs in this process. Set `stop` to stop it. `finished` is set when its record is final."""

    record: dict[str, Any]
    stop: threading.Event = field(default_factory=threading.Event)
    finished: threading.Event = field(default_factory=threading.Event)


class Jobs:
    """All jobs of the store, and the threads of the jobs that run in this process."""

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
        self._live_jobs: dict[str, _LiveJob] = {}
        self._lock = threading.RLock()
        self._closed = False
        self._s3: Any = None

    def create(self, kind: JobKind, request: Mapping[str, Any], *, account: str, region: str, step: str = "") -> str:
        """Start a job and return its ARN. Raises ApiError: ValidationException or ResourceInUse."""
        _check_request(kind, request)
        record = documents.build_record(kind, request, account=account, region=region)
        record |= {"step": step, "process": describe_this_process()}
        key = documents.build_key(kind, record["name"])
        live_job = _LiveJob(record=record)
        with self._lock:
            if self._closed:  # a run that was just stopped may still try to start its next job
                raise ApiError("ValidationException", "embedded AWS is going down")
            with self._store.write_lock():
                if (existing := self._store.get("job", key)) is not None:
                    raise ApiError("ResourceInUse", documents.describe_name_conflict(existing))
                self._store.put("job", key, record)
            self._live_jobs[key] = live_job
        self._on_event(JobStarted(job=record["name"], step=step, kind=kind))
        threading.Thread(target=self._run, args=(live_job,), name=f"job {key}", daemon=True).start()
        return str(record["arn"])

    def describe(self, kind: JobKind, name: str) -> dict[str, Any]:
        """Return the response of Describe. Raises ApiError (ValidationException) if there is no such job."""
        record = self._store.get("job", documents.build_key(kind, name))
        if record is None:
            raise ApiError("ValidationException", f"Requested resource not found: {kind.name} job {name}")
        return dict(self._close_if_lost(record)["describe"])

    def list_all(self, kind: JobKind) -> list[dict[str, Any]]:
        """Return the Describe document of every job of a kind, the oldest first."""
        return [
            dict(self._close_if_lost(record)["describe"])
            for _, record in self._store.list_all("job")
            if documents.read_kind(record) is kind
        ]

    def list_trials(self, name: str) -> list[dict[str, Any]]:
        """Return the summaries of the trials of a tuning job that have ended, in order.

        Raises ApiError (ValidationException) if there is no such job.
        """
        self.describe(TUNING, name)
        record = self._store.get("job", documents.build_key(TUNING, name)) or {}
        return list(record.get("trials", ()))

    def stop(self, kind: JobKind, name: str) -> None:
        """Tell a running job to stop. A job that has ended stays as it is.

        Raises ApiError (ValidationException) if there is no such job, or if another process runs it.
        """
        status = self.describe(kind, name)[kind.status_member]
        live_job = self._live_jobs.get(documents.build_key(kind, name))
        if status in documents.FINAL_STATUSES:
            return
        if live_job is None:
            raise ApiError(
                "ValidationException", f"{kind.name} job {name} runs in another process of this computer: stop it there"
            )
        with self._lock:
            if not live_job.finished.is_set():
                self._save(documents.mark_stopping(live_job.record))
        live_job.stop.set()

    def wait(self, kind: JobKind, name: str, *, while_true: Callable[[], bool]) -> dict[str, Any] | None:
        """Wait for a job of this process, and return its final Describe document.

        Return None as soon as `while_true` returns False.
        """
        live_job = self._live_jobs[documents.build_key(kind, name)]
        while not live_job.finished.wait(POLL_SECONDS):
            if not while_true():
                return None
        return dict(live_job.record["describe"])

    def stop_all(self) -> None:
        """Stop every job of this process, and wait until each thread has recorded the end. Later jobs are refused."""
        with self._lock:
            self._closed = True
        for live_job in list(self._live_jobs.values()):
            live_job.stop.set()
        deadline = time.monotonic() + JOIN_SECONDS
        for live_job in list(self._live_jobs.values()):
            live_job.finished.wait(max(0.0, deadline - time.monotonic()))

    def log_file(self, name: str) -> Path:
        """Return the path of a job's log. It is the same in every process."""
        return self.folder / name / "log.txt"

    def _run(self, live_job: _LiveJob) -> None:
        """Run the job in its thread, and record its end.

        If the store cannot be written, the job ends as failed. The store remembers why, and whoever waits for the run
        raises it.
        """
        record, started_at = live_job.record, time.monotonic()
        try:
            with self._lock:
                self._save(documents.mark_training(record))
            outcome = self._run_or_explain(live_job)
            with self._lock:
                if isinstance(outcome, str):
                    documents.mark_failed(record, outcome)
                elif isinstance(outcome, SearchEnd):
                    documents.mark_searched(record, outcome)
                else:
                    documents.mark_ended(record, outcome)
                self._save(record)
        except LocalError as error:
            documents.mark_failed(record, f"ClientError: {error}")
        finally:
            live_job.finished.set()
        status = documents.read_status(record)
        self._on_event(JobEnded(job=record["name"], status=status, seconds=time.monotonic() - started_at))

    def _run_or_explain(self, live_job: _LiveJob) -> JobResult | SearchEnd | str:
        """Return the job's result, or the reason for which it could not run."""
        try:
            is_search = documents.read_kind(live_job.record) is TUNING
            return self._run_search(live_job) if is_search else self._run_contract(live_job)
        except NoCapacity as error:
            documents.mark_not_started(live_job.record)
            return f"{CAPACITY_ERROR}: {error}"
        except (PushtrainError, OSError) as error:  # OSError: for example, the disk is full
            reason, log_text = f"ClientError: {error}", f"{error}\n"
        except Exception as error:  # noqa: BLE001 - our bug, in a thread nobody joins: a run must not wait for ever
            reason, log_text = f"InternalServerError: {type(error).__name__}: {error}", traceback.format_exc()
        path = self.log_file(live_job.record["name"])
        with suppress(OSError):  # the record has the reason too
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("a", encoding="utf-8") as log:
                log.write(log_text)
        return reason

    def _run_contract(self, live_job: _LiveJob) -> JobResult:
        record = live_job.record
        name = record["name"]
        folder = self.folder / name
        try:
            result: JobResult = self._run_job(
                documents.read_kind(record),
                record["request"],
                s3=self._get_s3_client(record["region"]),
                folder=folder,
                stop=live_job.stop,
                on_line=lambda line: self._on_event(JobLine(job=name, line=line)),
                aws_variables=self._aws_variables,
            )
        finally:
            self._remove_files(name)
        self._upload_packages(record, result)
        return result

    def _run_search(self, live_job: _LiveJob) -> SearchEnd:
        """Run the trials of a tuning job. Each is a training job of this process, with its own folder and log."""
        record = live_job.record
        account, region = record["arn"].split(":")[4], record["region"]

        def save(trials: tuple[dict[str, Any], ...]) -> None:
            with self._lock:
                self._save(record | {"trials": list(trials)})
                record["trials"] = list(trials)

        runner = TrialRunner(
            start=lambda request, label: self.create(TRAINING, request, account=account, region=region, step=label),
            wait=self._wait_for_trial,
            report=lambda line: self._on_event(JobLine(job=record["name"], line=line)),
            list_trials=self.list_trials,
            save=save,
        )
        return run_search(record["name"], record["request"], record["step"], live_job.stop, runner)

    def _wait_for_trial(self, name: str, stop: threading.Event) -> dict[str, Any]:
        """Wait for a training job of this process, and return its final Describe document. `stop` stops it."""
        if (described := self.wait(TRAINING, name, while_true=lambda: not stop.is_set())) is None:
            self.stop(TRAINING, name)
            described = self.wait(TRAINING, name, while_true=lambda: True)
        return described or {}

    def _upload_packages(self, record: Mapping[str, Any], result: JobResult) -> None:
        """Write the versions of the script's packages beside the outputs of a job that completed, if it has any."""
        folder = find_job_folder(documents.read_kind(record), record["request"])
        if result.status != "Completed" or result.packages is None or not folder:
            return
        bucket, prefix = split_uri(folder)
        body = json.dumps(result.packages, sort_keys=True).encode()
        s3 = self._get_s3_client(record["region"])
        s3.put_object(Bucket=bucket, Key=build_packages_key(prefix), Body=body)

    def _remove_files(self, name: str) -> None:
        """Remove a job's files except its log. The outputs are in S3; copies of all data would fill the disk."""
        for path in (self.folder / name).glob("*"):
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)

    def _get_s3_client(self, region: str) -> Any:
        """Return the S3 client that all jobs share."""
        with self._lock:
            if self._s3 is None:
                self._s3 = aws.client("s3", region)
            return self._s3

    def _save(self, record: dict[str, Any]) -> None:
        self._store.put("job", documents.build_key(documents.read_kind(record), record["name"]), record)

    def _close_if_lost(self, record: dict[str, Any]) -> dict[str, Any]:
        """Return the record. If the job's process died before the job ended, record the job as Stopped first."""
        is_open = documents.read_status(record) not in documents.FINAL_STATUSES
        if is_open and not is_alive(record["process"]):
            self._remove_files(record["name"])
            documents.mark_lost(record)
            self._save(record)
        return record


def _check_request(kind: JobKind, request: Mapping[str, Any]) -> None:
    """Raise ApiError (ValidationException) with every rule of AWS's API model that the request breaks."""
    problems = [str(problem) for problem in find_request_problems(kind.build_operation("Create"), request)]
    if problems:
        count = f"{len(problems)} validation error{'s' if len(problems) > 1 else ''} detected"
        raise ApiError("ValidationException", f"{count}: {'; '.join(problems)}")
