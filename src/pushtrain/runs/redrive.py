"""Redrive a failed run: it continues where it failed. No other code redrives runs.

Source: Step Functions developer guide, "Restarting state machine executions with redrive": possible within 14 days,
with the same definition, input and role. A Fail state is entered again, so the run fails again. Of a Parallel state,
the branches that failed and those that were stopped run again from the state where they were; finished ones keep their
results.
"""

from __future__ import annotations

from msgspec import Struct

from pushtrain import aws
from pushtrain.errors import DecideError, OperatorError
from pushtrain.launch.state_machine import build_execution_arn
from pushtrain.platform import LOCAL_OPTION, Platform
from pushtrain.runs.checkpoints import find_successor
from pushtrain.runs.history import FAIL, EnteredState, History
from pushtrain.runs.model import FAILED_STATUSES, Job, Run
from pushtrain.runs.read import read_events

FINAL_ERRORS = frozenset(kind.__name__ for kind in DecideError.__subclasses__() if kind.is_final)


class Redrive(Struct, frozen=True, kw_only=True):
    """Where a redriven run goes on.

    `state` is the state that failed. `stopped_states` are those of other branches, which were stopped when it failed.
    They run again too.
    """

    state: str
    stopped_states: tuple[str, ...] = ()


def redrive_run(platform: Platform, run: Run) -> Redrive:
    """Redrive a failed run and return where it continues. Raises OperatorError if that is impossible."""
    redrive = plan_redrive(platform, run)
    states = aws.client("stepfunctions", platform.region)
    try:
        states.redrive_execution(executionArn=build_execution_arn(platform, run.model, run.run))
    except states.exceptions.ExecutionNotRedrivable as error:
        raise _build_aws_refusal(platform, run, error.response["Error"]["Message"]) from error
    return redrive


def plan_redrive(platform: Platform, run: Run) -> Redrive:
    """Return where a failed run would continue. Changes nothing. Raises OperatorError if a redrive is impossible."""
    states = aws.client("stepfunctions", platform.region)
    arn = build_execution_arn(platform, run.model, run.run)
    subject = f"run {run.run} of {run.model}"
    if run.status not in FAILED_STATUSES:
        raise OperatorError(f"{subject} has not failed: it is {run.status}. Only a run that failed goes on")
    if job := next((job for job in run.jobs if job.status == "InProgress"), None):
        raise OperatorError(f"{subject} has failed, but its job {job.name} still runs. {_format_stop(platform, job)}")
    if run.input.get("checkpoints") and (successor := find_successor(platform, run)):
        raise OperatorError(f"{subject} has failed, and run {successor} continues its checkpoints: redrive that run")
    history = History(list(read_events(states, arn)))
    failed_state = history.find_failed_state()
    name = failed_state.name if failed_state else ""
    if fail_state := _find_fail_state(history):
        raise _build_refusal(platform, run, fail_state)
    described = states.describe_execution(executionArn=arn)
    if described.get("error") in FINAL_ERRORS:
        raise _build_refusal(platform, run, name)
    if (status := described.get("redriveStatus", "AWS does not say why")) != "REDRIVABLE":
        raise _build_aws_refusal(platform, run, described.get("redriveStatusReason") or status)
    unfinished_names = dict.fromkeys(state.name for state in history.list_unfinished_states())
    return Redrive(state=name, stopped_states=tuple(other for other in unfinished_names if other != name))


def _find_fail_state(history: History) -> str:
    """Return the name of a Fail state that a redrive would enter again, also in a branch; empty if there is none."""
    states: list[EnteredState | None] = [history.find_failed_state(), *history.list_unfinished_states()]
    return next((state.name for state in states if state and state.kind == FAIL), "")


def _build_refusal(platform: Platform, run: Run, state: str) -> OperatorError:
    """Return the error for a run that a redrive would end in the same state again."""
    cause = f": {run.error.reason}" if run.error else ""
    ending = f"ended in the state {state!r} of its own definition{cause}"
    remedy = _format_remedy(platform)
    return OperatorError(f"run {run.run} of {run.model} {ending}. Redriven, it would end there again. {remedy}")


def _build_aws_refusal(platform: Platform, run: Run, reason: str) -> OperatorError:
    return OperatorError(f"run {run.run} of {run.model} cannot be redriven: {reason}. {_format_remedy(platform)}")


def _format_stop(platform: Platform, job: Job) -> str:
    """Return how to stop a job that runs on after its run has failed, because AWS's answer about it was lost."""
    command = f"aws sagemaker stop-{job.kind.name}-job --{job.kind.name}-job-name {job.name} --region {platform.region}"
    return f"A redrive would start a second one. Wait for its end, or stop it: {command}"


def _format_remedy(platform: Platform) -> str:
    return f"A new run of the same code: {_format_new_run_command(platform)}"


def _format_new_run_command(platform: Platform) -> str:
    if platform.local_option:
        return f"pushtrain run DIR{platform.cli_option.removeprefix(LOCAL_OPTION)}"
    return f"pushtrain push DIR{platform.cli_option} --again"
