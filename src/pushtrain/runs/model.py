"""A run and its jobs, as values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct, field

from pushtrain.brief import format_brief
from pushtrain.catalog.job_fields import read_output_job
from pushtrain.catalog.job_kind import JobKind
from pushtrain.catalog.job_kinds import TRAINING, TUNING
from pushtrain.decide import Verdict
from pushtrain.record import Reproduced, Trial, find_best_trial, read_experiment, read_reproduced
from pushtrain.runs.outputs import find_job_folder

FAILED_STATUSES: frozenset[str] = frozenset(
    {"FAILED", "TIMED_OUT", "ABORTED"}
)  # ExecutionStatus of runs that failed, timed out or were stopped


class Job(Struct, frozen=True, kw_only=True):
    """One SageMaker job of a run. `seconds` is the duration so far, `limit` its max_runtime in seconds.

    `reason` says why it failed, `started` is epoch seconds. `described` is the response of DescribeTrainingJob or its
    like, empty for a job that was never created. `trials` are those of a tuning job, in the order of their start.
    """

    step: str
    name: str
    kind: JobKind
    status: str
    seconds: float
    started: float = 0.0
    limit: int = 0
    reason: str = ""
    described: Mapping[str, Any] = field(default_factory=dict)
    trials: tuple[Trial, ...] = ()

    def __repr__(self) -> str:
        return format_brief(self, "described")

    @property
    def best_trial(self) -> Trial | None:
        """The trial of a tuning job whose model the run goes on with; None if there is none."""
        return find_best_trial(self.trials)

    @property
    def result_name(self) -> str:
        """The name of the job whose outputs and log are those of the step: its own, or that of a trial.

        It is the best trial; if none is best, the first that failed, else the first.
        """
        others = sorted(self.trials, key=lambda trial: not trial.reason)
        return read_output_job(self.kind, self.described) or (others[0].name if others else self.name)

    @property
    def result_arn(self) -> str:
        """The ARN of the job whose outputs are those of the step; empty if it has none."""
        arn: str = self.described.get(self.kind.arn_member, "")
        return arn if self.kind is not TUNING else self.best_trial.arn if self.best_trial else ""

    @property
    def paid_seconds(self) -> float:
        """The seconds that its instances ran: of a tuning job, those of all trials together."""
        return sum(trial.seconds for trial in self.trials) if self.kind is TUNING else self.seconds

    @property
    def model_uri(self) -> str:
        """S3 URI of the model that a training job, or the best trial of a tuning job, wrote; empty if it wrote none."""
        if self.best_trial:
            return f"{find_job_folder(self.kind, self.described)}/{TRAINING.build_output_path('model')}"
        uri: str = self.described.get("ModelArtifacts", {}).get("S3ModelArtifacts", "")
        return uri

    @property
    def log(self) -> str:
        """CloudWatch log group and prefix of its streams, joined by a colon."""
        return f"{self.kind.log_group}:{self.result_name}/"


class Failure(Struct, frozen=True, kw_only=True):
    """Why a run failed: the step, the reason in one or a few lines, and the log of its job."""

    step: str
    reason: str
    log: str = ""


class RunCandidate(Struct, frozen=True, kw_only=True):
    """One candidate of a run. `steps` are its own steps.

    `rank` is 1 for the winner, None if there is no verdict on it. `reason` says why it failed, empty if it did not.
    `value` is that of the metric by which candidates are compared, `metrics` are those of the verdict. `seconds` is the
    time from the start of its first job to the end of its last one.
    """

    name: str
    steps: tuple[str, ...]
    rank: int | None = None
    value: float | None = None
    reason: str = ""
    metrics: Mapping[str, float] = field(default_factory=dict)
    seconds: float = 0.0

    def find_failed_job(self, jobs: Iterable[Job]) -> Job | None:
        """Return the job because of which it failed, among those of the run; None if none failed."""
        return next((job for job in self.select_jobs(jobs) if self.reason and job.status == "Failed"), None)

    def select_jobs(self, jobs: Iterable[Job]) -> tuple[Job, ...]:
        """Return its own jobs among those of the run."""
        return tuple(job for job in jobs if job.step in self.steps)


class Run(Struct, frozen=True, kw_only=True):
    """One run: an execution of the model's state machine. `started` is epoch seconds, `seconds` its duration so far.

    `outcome` is registered, not_registered, failed, or empty while it runs. `model_package` is the ARN of the model
    version that it registered, empty if none. `definition_version` is the version of the state machine, None if the
    execution was started without one. `verdict` is None if the run has no gate or has not come to it; otherwise
    `metrics` are those of the verdict. `candidates` are in the order of config.yaml, none if the model has none.
    `left_models` are the SageMaker models of its serving test that it has not deleted.
    """

    model: str
    run: str
    status: str
    started: float
    seconds: float
    outcome: str
    model_version: int | None = None
    model_package: str = ""
    definition_version: int | None = None
    redrives: int = 0
    reason: str = ""
    jobs: tuple[Job, ...] = ()
    metrics: Mapping[str, float] = field(default_factory=dict)
    error: Failure | None = None
    input: Mapping[str, Any] = field(default_factory=dict)
    verdict: Verdict | None = None
    candidates: tuple[RunCandidate, ...] = ()
    left_models: tuple[str, ...] = ()

    @property
    def experiment(self) -> Mapping[str, Any] | None:
        """The values of config.yaml that the run changed, by path, if it was an experiment; None if it was none."""
        return read_experiment(self.input)

    @property
    def reproduces(self) -> Reproduced | None:
        """The model version that the run reproduces; None if it reproduces none."""
        return read_reproduced(self.input)
