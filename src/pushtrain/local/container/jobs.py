"""Run one SageMaker job on this machine as SageMaker would: the container contract, without a container.

In: a CreateTrainingJob or CreateProcessingJob request, an S3 client, a folder of its own. Out: a JobResult, objects
in S3 and `folder/log.txt`. A job's own fault is a result, never an exception; LocalError says that this machine cannot
run jobs.
"""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from types import MappingProxyType
from typing import Any, Literal

from pushtrain.errors import LocalError
from pushtrain.local.container import environments, process
from pushtrain.local.container.contract import Context, Contract, Findings, JobError, Status
from pushtrain.local.container.job_log import JobLog
from pushtrain.local.container.processing import Processing
from pushtrain.local.container.sandbox import sandbox
from pushtrain.local.container.training import Training

Kind = Literal["training", "processing"]
KINDS: dict[Kind, Callable[[Context], Contract]] = {"training": Training, "processing": Processing}
REASON_LENGTH = 1024  # API shape FailureReason
LOG = "log.txt"


@dataclass(frozen=True, kw_only=True)
class JobResult:
    """How a job ended.

    `metrics` holds the last (name, value, epoch seconds) of each metric, as FinalMetricDataList does. `started` and
    `ended` are epoch seconds. `exit_code` is None where the script never ran. `artifacts` is the URI of model.tar.gz.
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


def run_job(
    kind: Kind,
    request: Mapping[str, Any],
    *,
    s3: Any,
    folder: Path,
    stop: Event,
    on_line: Callable[[str], None],
    aws_variables: Mapping[str, str] = MappingProxyType({}),
    match_image: bool = False,
) -> JobResult:
    """Run the job that `request` (complete, resolved) describes and wait for it.

    `folder` is empty and belongs to this job alone. `stop` ends the job early. `on_line` gets each line of the log.
    `aws_variables` are the environment variables by which the script's own boto3 finds AWS. `match_image` asks for the
    image's framework version.
    """
    started = time.time()
    folder.mkdir(parents=True, exist_ok=True)
    scratch = tempfile.TemporaryDirectory(prefix="scratch-", dir=folder, ignore_cleanup_errors=True)
    with JobLog(folder / LOG, on_line) as log, scratch as temporary:
        context = Context(
            request=request,
            s3=s3,
            sandbox=sandbox(folder),
            temporary=Path(temporary),
            aws_variables=aws_variables,
            note=lambda text: log.line(f"pushtrain: {text}"),
        )
        outcome = _Outcome(started=started, log=log)
        try:
            _perform(KINDS[kind](context), context, outcome, stop, match_image=match_image)
        except (JobError, OSError) as fault:  # OSError: names, rights or sizes that this machine's files cannot have
            outcome.fail(str(fault) if isinstance(fault, JobError) else f"ClientError: {fault}")
    with contextlib.suppress(OSError):
        (folder / "opt").rmdir()  # where a namespace put its /opt together; empty out here
    return outcome.result()


def _perform(contract: Contract, context: Context, outcome: _Outcome, stop: Event, *, match_image: bool) -> None:
    """The phases of a job, in order."""
    outcome.log.watch(contract.metrics)
    requirements = contract.prepare()
    python = _interpreter(contract.image, requirements, outcome.log, stop, match_image=match_image)
    if stop.is_set() or python is None:
        outcome.status = outcome.secondary = "Stopped"
        return
    launch = contract.launch(python)
    if any("\0" in text for text in (*launch.argv, *launch.environment.values())):
        raise JobError("ClientError: a NUL character cannot be part of an argument or an environment variable")
    ended = process.run(
        context.sandbox.command(launch.argv, launch.cwd),
        environment=launch.environment,
        cwd=context.place(launch.cwd),
        stop=stop,
        on_line=outcome.log.line,
        seconds=contract.seconds,
    )
    outcome.end(ended)
    outcome.found(contract.collect(outcome.status))


def _interpreter(image: str, requirements: str | None, log: JobLog, stop: Event, *, match_image: bool) -> Path | None:
    """The Python for a script, None when `stop` came while it was made."""
    try:
        return environments.python_for(
            requirements, _framework(image), match_image=match_image, on_line=log.line, stop=stop
        )
    except LocalError as error:
        if stop.is_set():
            return None
        raise JobError(f"AlgorithmError: InstallRequirementsError: {error}") from error


def _framework(image: str) -> tuple[str, str] | None:
    """Name and version (`4.49.0/pytorch2.5.1` where it stands on a base) of an AWS framework image."""
    from pushtrain.catalog.images import identify_image  # noqa: PLC0415 - a large table, needed once a job runs

    if (described := identify_image(image)) is None:
        return None
    return described[0].name, described[0].full_version


class _Outcome:
    """Collects what becomes the JobResult."""

    def __init__(self, *, started: float, log: JobLog) -> None:
        self.log = log
        self.status: Status = "Completed"
        self.secondary = "Completed"
        self._started = started
        self._reason: str | None = None
        self._exit_code: int | None = None
        self._findings = Findings()

    def end(self, ended: process.Ended) -> None:
        """The program ended. A stop or time limit counts whatever its exit code, as on AWS."""
        self._exit_code = ended.exit_code
        if ended.cause != "exited":
            self.status = "Stopped"
            self.secondary = "Stopped" if ended.cause == "stopped" else "MaxRuntimeExceeded"
        elif ended.exit_code:
            self.status = self.secondary = "Failed"

    def found(self, findings: Findings) -> None:
        """What it left. A script that fails without a word of its own is quoted by the last line of its output."""
        self._findings = findings
        if self.status == "Failed":
            tail = f", exit code: {self._exit_code}"
            said = f"AlgorithmError: {findings.failure or self.log.last}"
            self._reason = said[: REASON_LENGTH - len(tail)] + tail

    def fail(self, reason: str) -> None:
        """The job failed outside of its program, which the log would not say."""
        self.log.line(f"pushtrain: {reason.partition(chr(10))[0]}")
        self.status = self.secondary = "Failed"
        self._reason = reason[:REASON_LENGTH]

    def result(self) -> JobResult:
        return JobResult(
            status=self.status,
            secondary_status=self.secondary,
            failure_reason=self._reason,
            exit_message=self._findings.exit_message,
            exit_code=self._exit_code,
            metrics=self.log.metrics(),
            started_at=self._started,
            ended_at=time.time(),
            artifacts=self._findings.artifacts,
        )
