"""Run one SageMaker job on this computer as SageMaker would: with the container contract, but without a container.

In: a CreateTrainingJob or CreateProcessingJob request, an S3 client, an empty folder for the job. Out: a JobResult,
objects in S3 and `folder/log.txt`. If the job itself fails, the JobResult says so and nothing is raised. LocalError
means that this computer cannot run jobs.
"""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Event
from types import MappingProxyType
from typing import Any

from msgspec import Struct

from pushtrain.catalog.job_kind import JobKind
from pushtrain.catalog.job_kinds import PROCESSING, TRAINING
from pushtrain.errors import LocalError
from pushtrain.local.container import environments, process
from pushtrain.local.container.contract import (
    CONTAINER_ROOT,
    Contract,
    JobContext,
    JobError,
    JobOutputs,
    PythonNeeds,
    Status,
)
from pushtrain.local.container.job_log import JobLog
from pushtrain.local.container.processing import Processing
from pushtrain.local.container.sandbox import Environment, create_sandbox
from pushtrain.local.container.training import Training

CONTRACTS: dict[JobKind, Callable[[JobContext], Contract]] = {TRAINING: Training, PROCESSING: Processing}
REASON_LENGTH = 1024  # characters, API shape FailureReason
LOG = "log.txt"


class JobResult(Struct, frozen=True, kw_only=True):
    """How a job ended.

    `metrics` holds the last (name, value, epoch seconds) of each metric, as FinalMetricDataList does. `started_at` and
    `ended_at` are epoch seconds. `exit_code` is None if the script never ran. `artifacts` is the URI of model.tar.gz.
    `packages` are the versions of the script's Python packages; None if the script never ran.
    """

    status: Status
    secondary_status: str
    failure_reason: str | None = None
    exit_message: str | None = None
    exit_code: int | None = None
    metrics: tuple[tuple[str, float, float], ...] = ()
    started_at: float
    ended_at: float
    artifacts: str | None = None
    packages: Mapping[str, str] | None = None


def run_job(
    kind: JobKind,
    request: Mapping[str, Any],
    *,
    s3: Any,
    folder: Path,
    stop: Event,
    on_line: Callable[[str], None],
    aws_variables: Mapping[str, str] = MappingProxyType({}),
    match_image: bool = False,
) -> JobResult:
    """Run the job of a complete request, and wait for its end.

    `folder` is empty and belongs to this job alone. `stop` ends the job early. `on_line` gets each line of the log.
    `aws_variables` are the environment variables by which the script's own boto3 finds AWS. `match_image` asks for the
    image's framework version.
    """
    started_at = time.time()
    folder.mkdir(parents=True, exist_ok=True)
    scratch = tempfile.TemporaryDirectory(prefix="scratch-", dir=folder, ignore_cleanup_errors=True)
    changed = tempfile.TemporaryDirectory(prefix="changes-", dir=folder, ignore_cleanup_errors=True)
    with JobLog(folder / LOG, on_line) as log, scratch as temporary, changed as changes:
        context = JobContext(
            request=request,
            s3=s3,
            sandbox=create_sandbox(folder),
            temporary=Path(temporary),
            changes=Path(changes).resolve(),
            aws_variables=aws_variables,
            note=lambda text: log.write_line(f"pushtrain: {text}"),
        )
        outcome = _Outcome(started_at=started_at, log=log)
        try:
            _run_phases(CONTRACTS[kind](context), context, outcome, stop, match_image=match_image)
        except (JobError, OSError) as error:  # OSError: a name or a size that this file system does not allow
            outcome.fail(str(error) if isinstance(error, JobError) else f"ClientError: {error}")
    for name in ("hosts", "fstab"):
        (folder / name).unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        (folder / "opt").rmdir()  # the mount point of the namespace's /opt; empty outside of the namespace
    return outcome.build_result()


def _run_phases(contract: Contract, context: JobContext, outcome: _Outcome, stop: Event, *, match_image: bool) -> None:
    """Run the phases of a job, in order."""
    outcome.log.watch(contract.metrics)
    needs = contract.prepare()
    python = _find_python(contract.image, needs, outcome.log, stop, match_image=match_image)
    if stop.is_set() or python is None:
        outcome.status = outcome.secondary_status = "Stopped"
        return
    outcome.packages = environments.read_packages(python)
    command = contract.build_command(python)
    if any("\0" in text for text in (*command.argv, *command.environment.values())):
        raise JobError("ClientError: a NUL character cannot be part of an argument or an environment variable")
    environment = environments.find_folder(python)
    protected = Environment(folder=environment, scratch=context.changes) if environment else None
    root = context.create_root() if command.cwd == CONTAINER_ROOT else None
    program_exit = process.run(
        context.sandbox.wrap(command.argv, str(root or command.cwd), protected),
        environment=command.environment,
        cwd=root or context.local_path(command.cwd),
        stop=stop,
        on_line=outcome.log.write_line,
        seconds=contract.seconds,
    )
    outcome.add_exit(program_exit)
    if environment and context.sandbox.strategy == "paths":
        environments.discard_if_changed(environment, outcome.log.write_line)
    outcome.add_outputs(contract.collect(outcome.status))


def _find_python(image: str, needs: PythonNeeds, log: JobLog, stop: Event, *, match_image: bool) -> Path | None:
    """Return the interpreter for a script, or None if `stop` was set while its environment was created."""
    try:
        return environments.prepare_python(
            needs.requirements,
            find_framework(image),
            modules=needs.modules,
            match_image=match_image,
            on_line=log.write_line,
            stop=stop,
        )
    except LocalError as error:
        if stop.is_set():
            return None
        raise JobError(f"AlgorithmError: InstallRequirementsError: {error}") from error


def find_framework(image: str) -> tuple[str, str] | None:
    """Return name and version of an AWS framework image, such as ("huggingface", "4.49.0/pytorch2.5.1")."""
    from pushtrain.catalog.images import identify_image  # noqa: PLC0415 - a large table, needed only when a job runs

    if (described := identify_image(image)) is None:
        return None
    return described[0].name, described[0].full_version


class _Outcome:
    """Collect the parts of a JobResult while the job runs."""

    def __init__(self, *, started_at: float, log: JobLog) -> None:
        self.log = log
        self.status: Status = "Completed"
        self.secondary_status = "Completed"
        self.packages: Mapping[str, str] | None = None
        self._started_at = started_at
        self._reason: str | None = None
        self._exit_code: int | None = None
        self._outputs = JobOutputs()

    def add_exit(self, program_exit: process.ProgramExit) -> None:
        """Set the status after the program ended. After a stop or a time limit the exit code does not count (AWS)."""
        self._exit_code = program_exit.exit_code
        if program_exit.cause != "exited":
            self.status = "Stopped"
            self.secondary_status = "Stopped" if program_exit.cause == "stopped" else "MaxRuntimeExceeded"
        elif program_exit.exit_code:
            self.status = self.secondary_status = "Failed"

    def add_outputs(self, outputs: JobOutputs) -> None:
        """Add the outputs. If a failed script wrote no failure file, the reason is the last line of its output."""
        self._outputs = outputs
        if self.status == "Failed":
            tail = f", exit code: {self._exit_code}"
            reason = f"AlgorithmError: {outputs.failure or self.log.last_line}"
            self._reason = reason[: REASON_LENGTH - len(tail)] + tail

    def fail(self, reason: str) -> None:
        """Mark the job as failed outside of its program. The program's log has no such line, so write one."""
        self.log.write_line(f"pushtrain: {reason.partition(chr(10))[0]}")
        self.status = self.secondary_status = "Failed"
        self._reason = reason[:REASON_LENGTH]

    def build_result(self) -> JobResult:
        return JobResult(
            status=self.status,
            secondary_status=self.secondary_status,
            failure_reason=self._reason,
            exit_message=self._outputs.exit_message,
            exit_code=self._exit_code,
            metrics=self.log.metrics,
            started_at=self._started_at,
            ended_at=time.time(),
            artifacts=self._outputs.artifacts,
            packages=self.packages,
        )
