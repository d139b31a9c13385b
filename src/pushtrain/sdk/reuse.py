"""A step whose job may be reused, with the classes of the Step Functions SDK. Pure."""

from __future__ import annotations

from stepfunctions.steps import Chain, Choice

from pushtrain.sdk.embed import PlainRule, PlainState
from pushtrain.workflow import Pipeline
from pushtrain.workflow.reuse import build_reuse_states


def reuse_or_run(pipeline: Pipeline, name: str, job: Chain, completed: Chain) -> Chain:
    """Return the job of a step, then the check that it completed. With `cache`, an earlier job may stand in for it."""
    if not pipeline.find_step(name).settings.is_cached:
        return Chain([job, completed])
    (choice_name, choice_state), (reused_name, reused_state) = build_reuse_states(name)
    reused = PlainState(reused_name, reused_state)
    reused.next(completed)
    choice = Choice(choice_name)
    choice.add_choice(PlainRule(choice_state["Choices"][0]), reused)
    return Chain([choice, job, completed])
