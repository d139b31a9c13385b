"""A step whose job may be reused: a Choice on the run's input leads to the earlier job, or to the step's own. Pure.

`launch` decides before the run starts, so the definition only has to look: `reuse.<step>` of the execution input is the
earlier job, or missing. The states after the step cannot tell which of the two there was.
Source: Step Functions developer guide, "Accessing execution data from the Context object": the Variable of a Choice may
begin with `$$.`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pushtrain.config import Step
from pushtrain.workflow.definition import iterate_states
from pushtrain.workflow.runtime_values import REUSE, build_result_path, build_reuse_path
from pushtrain.workflow.states import Fragment, State, chain, merge_states

RESULT_MEMBERS = ("name", "status", "arn", "prefix")  # of `$.jobs.<step>`, and of a reused job


def find_reuse_choices(definition: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Return the Choices that look for an earlier job, and where they lead to: with such a job, and without."""
    return {
        name: (state["Choices"][0]["Next"], state["Default"])
        for name, state in iterate_states(definition)
        if state["Type"] == "Choice" and str(state["Choices"][0].get("Variable", "")).startswith(REUSE)
    }


def reuse_or_run(step: Step, job: Fragment, completed: Fragment) -> Fragment:
    """Return a step's job, then the check that it completed. With `cache`, an earlier job may stand in for the job."""
    own_job = chain(job, completed)
    if not step.settings.is_cached:
        return own_job
    choice, reused = build_reuse_states(step.name)
    states = merge_states(
        {choice[0]: choice[1] | {"Default": own_job.start}, reused[0]: reused[1] | {"Next": completed.start}},
        own_job.states,
    )
    return Fragment(states, choice[0], own_job.ends)


def build_reuse_states(step: str) -> tuple[tuple[str, State], tuple[str, State]]:
    """Return names and states of the Choice and of the Pass that takes the earlier job over, without their ways out."""
    path = build_reuse_path(step)
    reused = f"{step} reused"
    choice: State = {"Type": "Choice", "Choices": [{"Variable": path, "IsPresent": True, "Next": reused}]}
    parameters = {f"{member}.$": f"{path}.{member}" for member in RESULT_MEMBERS}
    take_over: State = {"Type": "Pass", "Parameters": parameters, "ResultPath": build_result_path(step)}
    return (f"{step} reused?", choice), (reused, take_over)
