"""What happens in embedded AWS while a run goes on, as frozen values. No behaviour.

In: nothing. Out: the types that `pushtrain.local.states.install.install` hands to `on_event`, from any thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

JobKind = Literal["training", "processing"]


@dataclass(frozen=True, kw_only=True)
class StateEntered:
    """A state of a run began; a state in a Parallel or Map is told like any other."""

    execution: str
    state: str
    time: datetime


@dataclass(frozen=True, kw_only=True)
class StateExited:
    """A state of a run ended well; a state that failed has no exit."""

    execution: str
    state: str
    time: datetime


@dataclass(frozen=True, kw_only=True)
class JobStarted:
    """A SageMaker job began. `step` is the state that asked for it, empty for a plain API call."""

    job: str
    step: str
    kind: JobKind


@dataclass(frozen=True, kw_only=True)
class JobLine:
    """One line that a job wrote, without its line end."""

    job: str
    line: str


@dataclass(frozen=True, kw_only=True)
class JobEnded:
    """A job ended with SageMaker's status (Completed, Failed, Stopped) after so many seconds."""

    job: str
    status: str
    seconds: float


@dataclass(frozen=True, kw_only=True)
class ExecutionEnded:
    """A run ended with Step Functions' status (SUCCEEDED, FAILED, TIMED_OUT, ABORTED)."""

    arn: str
    status: str


Event = StateEntered | StateExited | JobStarted | JobLine | JobEnded | ExecutionEnded
