"""The events that embedded AWS sends while a run goes on. Frozen values, no behaviour.

In: nothing. Out: the types that `pushtrain.local.states.install.install` passes to `on_event`, from any thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pushtrain.catalog.job_kind import JobKind


@dataclass(frozen=True, kw_only=True)
class ExecutionStarted:
    """A run started, or goes on after a redrive. It is sent before its first state."""

    arn: str


@dataclass(frozen=True, kw_only=True)
class StateEntered:
    """A state of a run started. States inside a Parallel or Map are reported too."""

    execution: str
    state: str
    time: datetime


@dataclass(frozen=True, kw_only=True)
class StateExited:
    """A state of a run succeeded. A state that failed sends no StateExited."""

    execution: str
    state: str
    time: datetime


@dataclass(frozen=True, kw_only=True)
class JobStarted:
    """A SageMaker job started. `step` is the state that created it; it is empty after a direct API call."""

    job: str
    step: str
    kind: JobKind


@dataclass(frozen=True, kw_only=True)
class JobLine:
    """A job wrote one line of output. `line` has no line end."""

    job: str
    line: str


@dataclass(frozen=True, kw_only=True)
class JobEnded:
    """A job ended. `status` is SageMaker's (Completed, Failed, Stopped), `seconds` is how long it ran."""

    job: str
    status: str
    seconds: float


@dataclass(frozen=True, kw_only=True)
class ExecutionEnded:
    """A run ended. `status` is Step Functions' (SUCCEEDED, FAILED, TIMED_OUT, ABORTED)."""

    arn: str
    status: str


Event = ExecutionStarted | StateEntered | StateExited | JobStarted | JobLine | JobEnded | ExecutionEnded
