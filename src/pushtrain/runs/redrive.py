"""Redrive a failed run: it continues where it failed. No other code redrives runs.

Source: Step Functions developer guide, "Restarting state machine executions with redrive": possible within 14 days,
with the same definition, input and role. A Fail state is entered again, so the run fails again.
"""

from __future__ import annotations

from typing import Any

from pushtrain import aws
from pushtrain.errors import OperatorError
from pushtrain.launch.state_machine import build_execution_arn
from pushtrain.platform import LOCAL_OPTION, Platform
from pushtrain.runs.model import FAILED_STATUSES, Run

ENTERED = "StateEntered"


def redrive_run(platform: Platform, run: Run) -> str:
    """Redrive a failed run and return the state where it continues. Raises OperatorError if that is impossible."""
    states = aws.client("stepfunctions", platform.region)
    arn = build_execution_arn(platform, run.model, run.run)
    subject = f"run {run.run} of {run.model}"
    if run.status not in FAILED_STATUSES:
        raise OperatorError(f"{subject} has not failed: it is {run.status}. Only a run that failed goes on")
    state, kind = _last_state(states, arn)
    remedy = f"A new run of the same code: {_format_new_run_command(platform)}"
    if kind == "Fail":
        cause = f": {run.error.reason}" if run.error else ""
        ending = f"ended in the state {state!r} of its own definition{cause}"
        raise OperatorError(f"{subject} {ending}. Redriven, it would end there again. {remedy}")
    described = states.describe_execution(executionArn=arn)
    if described.get("redriveStatus") != "REDRIVABLE":
        reason = described.get("redriveStatusReason") or described.get("redriveStatus", "AWS does not say why")
        raise OperatorError(f"{subject} cannot be redriven: {reason}. {remedy}")
    try:
        states.redrive_execution(executionArn=arn)
    except states.exceptions.ExecutionNotRedrivable as error:
        reason = error.response["Error"]["Message"]
        raise OperatorError(f"{subject} cannot be redriven: {reason}. {remedy}") from error
    return state


def _last_state(states: Any, arn: str) -> tuple[str, str]:
    """Return (name, type) of the state that was entered last; empty if there was none."""
    pages = states.get_paginator("get_execution_history").paginate(executionArn=arn, reverseOrder=True)
    for event in (event for page in pages for event in page["events"]):
        if event["type"].endswith(ENTERED):
            return event["stateEnteredEventDetails"]["name"], event["type"].removesuffix(ENTERED)
    return "", ""


def _format_new_run_command(platform: Platform) -> str:
    if platform == Platform.local(platform.environment):
        return f"pushtrain run DIR{platform.cli_option.removeprefix(LOCAL_OPTION)}"
    return f"pushtrain push DIR{platform.cli_option} --again"
