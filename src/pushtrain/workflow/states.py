"""Amazon States Language in small blocks: a Fragment is some states with one way in and open ends.

In: plain values. Out: Fragments, joined by `chain`. Knows nothing of SageMaker or config.yaml.
Source of the fields: https://states-language.net/spec.html and the Step Functions developer guide.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pushtrain.errors import TemplateError

State = dict[str, Any]

# API errors only, by name. A job's own failure is States.TaskFailed and is not tried again.
# Throttling and internal errors of SageMaker arrive as AmazonSageMakerException (optimised integration) or
# SageMakerException (aws-sdk integration), and so do requests it refuses: those are tried five times in vain.
# Instance quotas arrive as ResourceLimitExceededException.
API_RETRY: tuple[State, ...] = (
    {
        "ErrorEquals": ["SageMaker.ResourceLimitExceededException"],
        "IntervalSeconds": 60,
        "BackoffRate": 2.0,
        "MaxAttempts": 8,
        "MaxDelaySeconds": 900,
        "JitterStrategy": "FULL",
    },
    {
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
    },
)


# AWS re-enters a Fail state on redrive, so a run that one of ours has ended cannot go on.
NO_REDRIVE = "This run cannot be redriven; start it anew with: pushtrain push DIR --again"


@dataclass(frozen=True)
class Fragment:
    """States by name, the first of them, and the states whose `Next` (of a Choice: `Default`) is still open."""

    states: Mapping[str, State] = field(default_factory=dict)
    start: str = ""
    ends: tuple[str, ...] = ()

    def definition(self, comment: str) -> dict[str, Any]:
        """The ASL document: open ends become the end of the run."""
        closed = self
        if any(self.states[name]["Type"] == "Choice" for name in self.ends):  # a Choice cannot end a run
            closed = chain(self, build_state("done", {"Type": "Succeed"}, final=True))
        states = {name: dict(state) for name, state in closed.states.items()}
        for name in closed.ends:
            states[name]["End"] = True
        return {"Comment": comment, "StartAt": self.start, "States": states}


EMPTY = Fragment()


def build_state(name: str, state: State, *, final: bool = False) -> Fragment:
    """One state; `final` for Succeed and Fail, which nothing follows."""
    return Fragment({name: state}, name, () if final else (name,))


def merge_states(*groups: Mapping[str, State]) -> dict[str, State]:
    """All states of several fragments. Raises TemplateError when two share a name."""
    merged: dict[str, State] = {}
    for group in groups:
        if twice := merged.keys() & group.keys():
            raise TemplateError(f"two states are named {min(twice)!r}: a state's name must be unique")
        merged.update(group)
    return merged


def chain(*fragments: Fragment) -> Fragment:
    """The fragments one after another; empty ones leave no trace."""
    parts = [fragment for fragment in fragments if fragment.states]
    if not parts:
        return EMPTY
    states = merge_states(*(part.states for part in parts))
    for part, following in itertools.pairwise(parts):
        for name in part.ends:
            onward = "Default" if states[name]["Type"] == "Choice" else "Next"
            states[name] = {**states[name], onward: following.start}
    return Fragment(states, parts[0].start, parts[-1].ends)


def guard(name: str, rules: Iterable[tuple[State, Fragment]]) -> Fragment:
    """Leave the chain by the first rule that holds; otherwise go on."""
    routes = list(rules)
    state = {"Type": "Choice", "Choices": [{**rule, "Next": target.start} for rule, target in routes]}
    ends = tuple(end for _, target in routes for end in target.ends)
    return Fragment(merge_states({name: state}, *(target.states for _, target in routes)), name, (*ends, name))


def build_choice(name: str, rule: State, *, then: Fragment, otherwise: Fragment) -> Fragment:
    """`then` when the rule holds, else `otherwise`."""
    state = {"Type": "Choice", "Choices": [{**rule, "Next": then.start}], "Default": otherwise.start}
    return Fragment(merge_states({name: state}, then.states, otherwise.states), name, (*then.ends, *otherwise.ends))


def build_task(name: str, resource: str, parameters: State, **fields: object) -> Fragment:
    """A Task that retries API errors by name."""
    state = {"Type": "Task", "Resource": resource, "Parameters": parameters, **fields}
    return build_state(name, {**state, "Retry": [dict(retry) for retry in API_RETRY]})


def fail(name: str, error: str, cause: str) -> Fragment:
    """End the run as failed; `cause` is text, or an intrinsic (`States.Format(...)`)."""
    key = "CausePath" if cause.startswith("States.") else "Cause"
    return build_state(name, {"Type": "Fail", "Error": error, key: cause}, final=True)


def format_string(template: str, *paths: str) -> str:
    """`States.Format` call. `template` holds `{}` where the paths go; escape other text with `literal`."""
    return f"States.Format('{template}', {', '.join(paths)})" if paths else f"States.Format('{template}')"


def escape(text: str) -> str:
    r"""Text for inside an intrinsic's quotes: `'`, `{`, `}` and `\` are reserved there."""
    return "".join(f"\\{char}" if char in "'{}\\" else char for char in text)


def build_path(*keys: str) -> str:
    """JSONPath in bracket form, so that dots, spaces, hyphens and any script are plain characters."""
    return "".join("['" + key.replace("\\", "\\\\").replace("'", "\\'") + "']" for key in keys)
