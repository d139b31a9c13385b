"""The events that embedded AWS sends while a run goes on. Frozen values, no behaviour.

In: nothing. Out: the types that `pushtrain.local.states.install.install` passes to `on_event`, from any thread.
"""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from pushtrain.catalog.job_kind import JobKind


class ExecutionStarted(Struct, frozen=True, kw_only=True):
    """A run started, or goes on after a redrive. It is sent before its first state."""

    arn: str


class StateEntered(Struct, frozen=True, kw_only=True):
    """A state of a run started. States inside a Parallel or Map are reported too."""

    execution: str
    state: str
    time: datetime


class StateExited(Struct, frozen=True, kw_only=True):
    """A state of a run succeeded. A state that failed sends no StateExited."""

    execution: str
    state: str
    time: datetime


class JobStarted(Struct, frozen=True, kw_only=True):
    """A SageMaker job started. `step` is the state that created it; it is empty after a direct API call."""

    job: str
    step: str
    kind: JobKind


class JobLine(Struct, frozen=True, kw_only=True):
    """A job wrote one line of output. `line` has no line end."""

    job: str
    line: str


class JobEnded(Struct, frozen=True, kw_only=True):
    """A job ended. `status` is SageMaker's (Completed, Failed, Stopped), `seconds` is how long it ran."""

    job: str
    status: str
    seconds: float


class ExecutionEnded(Struct, frozen=True, kw_only=True):
    """A run ended. `status` is Step Functions' (SUCCEEDED, FAILED, TIMED_OUT, ABORTED)."""

    arn: str
    status: str


Event = ExecutionStarted | StateEntered | StateExited | JobStarted | JobLine | JobEnded | ExecutionEnded
