"""A failed run -> the same run, going on where it failed. The only code that redrives.

Source: Step Functions developer guide, "Restarting state machine executions with redrive": within 14 days, with the
same definition, input and role; a Fail state is entered again and so fails again.
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
    """Make a failed run go on; the state at which it does. Raises OperatorError where it would be in vain."""
    states = aws.client("stepfunctions", platform.region)
    arn = build_execution_arn(platform, run.model, run.run)
    said = f"run {run.run} of {run.model}"
    if run.status not in FAILED_STATUSES:
        raise OperatorError(f"{said} has not failed: it is {run.status}. Only a run that failed goes on")
    state, kind = _last_state(states, arn)
    anew = f"A new run of the same code: {_anew(platform)}"
    if kind == "Fail":
        why = f": {run.error.reason}" if run.error else ""
        ended = f"ended in the state {state!r} of its own definition{why}"
        raise OperatorError(f"{said} {ended}. Redriven, it would end there again. {anew}")
    described = states.describe_execution(executionArn=arn)
    if described.get("redriveStatus") != "REDRIVABLE":
        reason = described.get("redriveStatusReason") or described.get("redriveStatus", "AWS does not say why")
        raise OperatorError(f"{said} cannot be redriven: {reason}. {anew}")
    try:
        states.redrive_execution(executionArn=arn)
    except states.exceptions.ExecutionNotRedrivable as error:
        reason = error.response["Error"]["Message"]
        raise OperatorError(f"{said} cannot be redriven: {reason}. {anew}") from error
    return state


def _last_state(states: Any, arn: str) -> tuple[str, str]:
    """(name, type) of the state that was entered last; empty for a run that entered none."""
    pages = states.get_paginator("get_execution_history").paginate(executionArn=arn, reverseOrder=True)
    for event in (each for page in pages for each in page["events"]):
        if event["type"].endswith(ENTERED):
            return event["stateEnteredEventDetails"]["name"], event["type"].removesuffix(ENTERED)
    return "", ""


def _anew(platform: Platform) -> str:
    if platform == Platform.local(platform.environment):
        return f"pushtrain run DIR{platform.cli_option.removeprefix(LOCAL_OPTION)}"
    return f"pushtrain push DIR{platform.cli_option} --again"
