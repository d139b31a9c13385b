"""Amazon States Language (ASL) in small blocks. A Fragment is some states with one first state and open ends. Pure.

In: plain values. Out: Fragments, which `chain` joins. Knows nothing of SageMaker or config.yaml.
Source of the fields: https://states-language.net/spec.html and the Step Functions developer guide.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct, field

from pushtrain.errors import StorageUnavailable, TemplateError

State = dict[str, Any]

HOUR = 3600
CAPACITY_INTERVAL = 900  # seconds
# AmazonSageMakerException (optimised integration) and SageMakerException (aws-sdk integration) are throttling and
# internal errors, but also requests that SageMaker refuses: those are retried five times in vain.
SERVICE_RETRY: State = {
    "ErrorEquals": [
        "SageMaker.AmazonSageMakerException",
        "SageMaker.SageMakerException",
        "SageMaker.ConflictException",
        "S3.S3Exception",
        "ThrottlingException",
    ],
    "IntervalSeconds": 2,
    "BackoffRate": 2.0,
    "MaxAttempts": 5,
    "MaxDelaySeconds": 60,
    "JitterStrategy": "FULL",
}


def build_api_retry(wait_for_capacity: int = 2 * HOUR) -> tuple[State, ...]:
    """Return the Retry of a Task that calls an AWS API. Only errors of calls: a job that fails is States.TaskFailed.

    A job has the same name in every retry. An error may reach Step Functions although SageMaker has created the job:
    then SageMaker refuses the retry (ResourceInUse), and there is no second job to pay for.

    A call that exceeds an instance quota is repeated every 15 minutes for `wait_for_capacity` seconds, without jitter,
    which would shorten the wait.
    """
    attempts = math.ceil(wait_for_capacity / CAPACITY_INTERVAL)
    quota = {
        "ErrorEquals": ["SageMaker.ResourceLimitExceededException"],
        "IntervalSeconds": math.ceil(wait_for_capacity / attempts),
        "BackoffRate": 1.0,
        "MaxAttempts": attempts,
    }
    return quota, SERVICE_RETRY


API_RETRY = build_api_retry()

# Errors of Lambda itself, the end of the function's process, and what `decide` says of S3: not of the function's code.
# Source: Step Functions developer guide, "Handle transient Lambda service exceptions" and "Error names". Which name a
# process that dies has depends on Lambda's runtime.
LAMBDA_RETRY: tuple[State, ...] = (
    {
        "ErrorEquals": [
            "Lambda.ClientExecutionTimeoutException",
            "Lambda.ServiceException",
            "Lambda.AWSLambdaException",
            "Lambda.SdkClientException",
            "Lambda.TooManyRequestsException",
            "Lambda.Unknown",
            "Runtime.ExitError",
            "Sandbox.Timedout",
            StorageUnavailable.__name__,
        ],
        "IntervalSeconds": 2,
        "BackoffRate": 2.0,
        "MaxAttempts": 6,
        "MaxDelaySeconds": 60,
        "JitterStrategy": "FULL",
    },
)


# A redrive of AWS enters the Fail state again, so a run that ended in one cannot be redriven.
NO_REDRIVE = "This run cannot be redriven; start it anew with: pushtrain push DIR --again"


class Fragment(Struct, frozen=True):
    """States by name. `start` is the first; `ends` are those whose `Next`, or `Default` of a Choice, is still open."""

    states: Mapping[str, State] = field(default_factory=dict)
    start: str = ""
    ends: tuple[str, ...] = ()

    def build_definition(self, comment: str) -> dict[str, Any]:
        """Return the ASL document. Open ends become ends of the run."""
        closed = self
        if any(self.states[name]["Type"] == "Choice" for name in self.ends):  # a Choice cannot end a run
            closed = chain(self, build_state("done", {"Type": "Succeed"}, final=True))
        return {"Comment": comment, **closed.build_scope()}

    def build_scope(self) -> dict[str, Any]:
        """Return StartAt and States. Open ends, none of them a Choice, become ends of the scope."""
        states = {name: dict(state) for name, state in self.states.items()}
        for name in self.ends:
            states[name]["End"] = True
        return {"StartAt": self.start, "States": states}


EMPTY = Fragment()


def build_state(name: str, state: State, *, final: bool = False) -> Fragment:
    """Return a Fragment of one state. `final`: it has no next state, as Succeed and Fail."""
    return Fragment({name: state}, name, () if final else (name,))


def merge_states(*groups: Mapping[str, State]) -> dict[str, State]:
    """Return all states of several Fragments. Raises TemplateError if two have the same name."""
    merged: dict[str, State] = {}
    for group in groups:
        if duplicates := merged.keys() & group.keys():
            raise TemplateError(f"two states are named {min(duplicates)!r}: a state's name must be unique")
        merged.update(group)
    return merged


def chain(*fragments: Fragment) -> Fragment:
    """Join Fragments: the open ends of each lead to the next. Empty ones are left out."""
    parts = [fragment for fragment in fragments if fragment.states]
    if not parts:
        return EMPTY
    states = merge_states(*(part.states for part in parts))
    for part, following in itertools.pairwise(parts):
        for name in part.ends:
            link = "Default" if states[name]["Type"] == "Choice" else "Next"
            states[name] = {**states[name], link: following.start}
    return Fragment(states, parts[0].start, parts[-1].ends)


def guard(name: str, rules: Iterable[tuple[State, Fragment]]) -> Fragment:
    """Return a Choice that leads to the Fragment of the first rule that holds. If none holds, the chain goes on."""
    routes = list(rules)
    state = {"Type": "Choice", "Choices": [{**rule, "Next": target.start} for rule, target in routes]}
    ends = tuple(end for _, target in routes for end in target.ends)
    return Fragment(merge_states({name: state}, *(target.states for _, target in routes)), name, (*ends, name))


def build_choice(name: str, rule: State, *, then: Fragment, otherwise: Fragment) -> Fragment:
    """Return a Choice that leads to `then` if the rule holds, else to `otherwise`."""
    state = {"Type": "Choice", "Choices": [{**rule, "Next": then.start}], "Default": otherwise.start}
    return Fragment(merge_states({name: state}, then.states, otherwise.states), name, (*then.ends, *otherwise.ends))


def build_parallel(name: str, branches: Iterable[Fragment], results: State) -> Fragment:
    """Return a Parallel state, which runs Fragments at the same time. `results` is its ResultSelector for `$.jobs`."""
    scopes = [branch.build_scope() for branch in branches]
    return build_state(
        name, {"Type": "Parallel", "Branches": scopes, "ResultSelector": results, "ResultPath": "$.jobs"}
    )


def build_task(
    name: str, resource: str, parameters: State, *, retry: Iterable[State] = API_RETRY, **fields: object
) -> Fragment:
    """Return a Task that retries the errors of `retry`. `fields` are its other fields, such as ResultPath."""
    state = {"Type": "Task", "Resource": resource, "Parameters": parameters, **fields}
    return build_state(name, {**state, "Retry": [dict(rule) for rule in retry]})


def fail(name: str, error: str, cause: str) -> Fragment:
    """Return a Fail state, which ends the run as failed.

    `error` is text or a path (`$.a`). `cause` is text, a path or an intrinsic (`States.Format(...)`).
    """
    keys = {"ErrorPath" if error.startswith("$.") else "Error": error}
    keys["CausePath" if cause.startswith(("States.", "$.")) else "Cause"] = cause
    return build_state(name, {"Type": "Fail", **keys}, final=True)


def format_string(template: str, *paths: str) -> str:
    """Return a `States.Format` call. `template` has `{}` for each path. Use `escape` for other text in it."""
    return f"States.Format('{template}', {', '.join(paths)})" if paths else f"States.Format('{template}')"


def escape(text: str) -> str:
    r"""Return `text` for use inside an intrinsic's quotes, where `'`, `{`, `}` and `\` need a backslash."""
    return "".join(f"\\{char}" if char in "'{}\\" else char for char in text)


def build_path(*keys: str) -> str:
    """Return keys as a JSONPath in bracket form: `['a']['b.c']`. Keys may have dots, spaces and any letters."""
    return "".join("['" + key.replace("\\", "\\\\").replace("'", "\\'") + "']" for key in keys)
