"""A run and its jobs, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

FAILED_STATUSES = frozenset({"FAILED", "TIMED_OUT", "ABORTED"})  # ExecutionStatus of a run that ended badly


@dataclass(frozen=True, kw_only=True)
class Job:
    """One SageMaker job of a run; `seconds` is wall time so far, `limit` its max_runtime, `reason` why it failed.

    `described` is the answer of DescribeTrainingJob or DescribeProcessingJob, empty for a job that never was.
    """

    step: str
    name: str
    kind: str
    status: str
    seconds: float
    started: float = 0.0
    limit: int = 0
    reason: str = ""
    described: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def log(self) -> str:
        """CloudWatch log group and stream prefix."""
        return f"/aws/sagemaker/{self.kind}Jobs:{self.name}/"


@dataclass(frozen=True, kw_only=True)
class Failure:
    """Why a run failed: the step, the reason in one line or a few, and the log of its job."""

    step: str
    reason: str
    log: str = ""


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run. `outcome` is registered, not_registered, failed, or empty while it runs.

    `model_package` is the ARN of the version it registered, empty for none. `definition_version` counts the versions
    of the model's state machine; None where it was started without one.
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
