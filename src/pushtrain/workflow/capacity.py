"""Wait until AWS has instances for a job: a loop around the Task of a step. Pure.

AWS says so in two ways. A call that exceeds a quota fails with ResourceLimitExceeded; then there is no job. A job for
which SageMaker finds no instance ends as Failed, and its FailureReason begins with CapacityError; its Task fails with
States.TaskFailed. A Retry cannot tell that error from the failure of a script, so a Choice reads it as text.

The loop exists only if config.yaml writes `wait_for_capacity`, because a run that ends in its Fail state cannot be
redriven. Both causes share one number of waits, so that all of them together last as long as config.yaml says. A wait
costs nothing: the rule of the Choice holds only if no job was created, or if it has no time at which its instances
started.

[unverified] on AWS: that Cause is JSON without spaces, and without members that have no value.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from pushtrain.catalog.job_kind import JobKind
from pushtrain.catalog.job_kinds import CAPACITY_ERROR, KINDS, TRANSFORM
from pushtrain.record import build_path_name
from pushtrain.workflow.definition import iterate_states
from pushtrain.workflow.states import CAPACITY_INTERVAL, Fragment, State, build_state, chain, fail, guard

if TYPE_CHECKING:
    from pushtrain.config import Step

SETTING = "wait_for_capacity"
QUOTA_ERROR = "SageMaker.ResourceLimitExceededException"
FAILED_TASK = "States.TaskFailed"  # in a Catch: every error of a Task except States.Timeout
# "The account-level service limit '…' is 0 Instances, with current utilization of 0 Instances …": waiting is in vain.
NO_QUOTA = "*is 0 Instances*"


class WaitLoop(Struct, frozen=True, kw_only=True):
    """The loop around the Task of a step. `seconds` is how long it waits at most, all waits together."""

    step: str
    kind: JobKind
    seconds: int

    @property
    def attempts(self) -> int:
        """How often the loop waits at most: 1 to 96. Names of jobs have room for two digits."""
        return math.ceil(self.seconds / CAPACITY_INTERVAL)

    @property
    def count_path(self) -> str:
        """The path of the number of waits so far. It is part of the job's name: SageMaker takes a name only once."""
        return f"{self._waits_path}.count"

    @property
    def error_path(self) -> str:
        """The path of the error that the Task ended with: Error and Cause."""
        return f"$.errors.{build_path_name(self.step)}"

    @property
    def catch(self) -> State:
        """The Catch of the Task."""
        return {"ErrorEquals": [FAILED_TASK], "ResultPath": self.error_path, "Next": self._choice}

    def begin(self) -> Fragment:
        """Return the state before the Task: the job has not waited yet."""
        state = {"Type": "Pass", "Result": {"count": 0}, "ResultPath": self._waits_path}
        return build_state(f"{self.step} has not waited", state)

    def repeat(self) -> Fragment:
        """Return the states after a failed Task. The open end leads back to the Task. Any other error ends the run."""
        rule = build_wait_rule(self.kind, self.count_path, self.error_path, self.attempts)
        failed = fail(f"{self.step} failed", f"{self.error_path}.Error", f"{self.error_path}.Cause")
        waiting: State = {"Type": "Wait", "Seconds": math.ceil(self.seconds / self.attempts)}
        count = {"count.$": f"States.MathAdd({self.count_path}, 1)"}
        counting: State = {"Type": "Pass", "Parameters": count, "ResultPath": self._waits_path}
        return chain(
            guard(self._choice, [({"Not": rule}, failed)]),
            build_state(f"{self.step} waits for capacity", waiting),
            build_state(f"{self.step} has waited", counting),
        )

    def wrap(self, task: Fragment) -> Fragment:
        """Return the Task, a Fragment of one state, with the loop around it."""
        repeated = self.repeat()
        states = {name: dict(state) for name, state in {**task.states, **repeated.states}.items()}
        states[task.start]["Catch"] = [self.catch]
        for name in repeated.ends:
            states[name]["Next"] = task.start
        return chain(self.begin(), Fragment(states, task.start, task.ends))

    @property
    def _choice(self) -> str:
        return f"{self.step} may wait?"

    @property
    def _waits_path(self) -> str:
        return f"$.waits.{build_path_name(self.step)}"


def find_wait_loop(step: Step) -> WaitLoop | None:
    """Return the loop around a step's Task; None if config.yaml does not write how long the step waits.

    A tuning job has none: it waits for its quota only. A new one would train again what its trials have trained. A
    transform job waits for its quota only, too: its Catch deletes a model.
    """
    if SETTING not in step.settings.model_fields_set or step.kind.trial or step.kind is TRANSFORM:
        return None
    return WaitLoop(step=step.name, kind=step.kind, seconds=step.settings.wait_for_capacity)


def build_wait_rule(kind: JobKind, count_path: str, error_path: str, attempts: int) -> State:
    """Return the rule that holds if a Task may run again: AWS had no instance, and the job has cost nothing.

    The quotes of a text inside the JSON have a backslash before them, so no setting of a job looks like FailureReason.
    """
    error, cause = f"{error_path}.Error", f"{error_path}.Cause"
    no_instance = [
        {"Variable": error, "StringEquals": FAILED_TASK},
        {"Variable": cause, "StringMatches": f'*"FailureReason":"{CAPACITY_ERROR}*'},
        {"Not": {"Variable": cause, "StringMatches": f'*"{kind.start_member}":*'}},
    ]
    no_quota_left = [
        {"Variable": error, "StringEquals": QUOTA_ERROR},
        {"Not": {"Variable": cause, "StringMatches": NO_QUOTA}},
    ]
    has_attempt = {"Variable": count_path, "NumericLessThan": attempts}
    return {"And": [has_attempt, {"Or": [{"And": no_instance}, {"And": no_quota_left}]}]}


def is_wait_choice(state: Mapping[str, Any]) -> bool:
    """Return True if a state is the Choice of a loop, whose Default repeats only a Task that has cost nothing."""
    try:
        [choice] = state["Choices"]
        has_attempt, causes = choice["Not"]["And"]
        error_path = causes["Or"][0]["And"][0]["Variable"].removesuffix(".Error")
        count_path, attempts = has_attempt["Variable"], has_attempt["NumericLessThan"]
    except (KeyError, ValueError, TypeError, IndexError, AttributeError):
        return False
    return any(choice["Not"] == build_wait_rule(kind, count_path, error_path, attempts) for kind in KINDS)


def list_capacity_waits(definition: Mapping[str, Any]) -> dict[str, int]:
    """Return how many seconds the steps of a definition wait for capacity at most, by the name of the Task."""
    return dict(_iterate_waits(definition))


def _iterate_waits(definition: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    states = dict(iterate_states(definition))
    for name, state in states.items():
        for catcher in state.get("Catch", ()):
            choice = states.get(catcher["Next"], {})
            if is_wait_choice(choice):
                seconds = states[choice["Default"]].get("Seconds", 0)
                yield name, seconds * choice["Choices"][0]["Not"]["And"][0]["NumericLessThan"]
