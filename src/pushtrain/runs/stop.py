"""A run that goes on -> stopped, its job with it. The only code that stops runs."""

from __future__ import annotations

from pushtrain import aws
from pushtrain.errors import OperatorError
from pushtrain.launch.state_machine import build_execution_arn
from pushtrain.platform import Platform
from pushtrain.runs.model import Run

RUNNING = "RUNNING"
CAUSE = "stopped with pushtrain runs stop"


def stop_run(platform: Platform, run: Run) -> None:
    """Stop a run; Step Functions stops the SageMaker job it waits for.

    Source: Step Functions developer guide, "Run a job (.sync)". Raises OperatorError for a run that has ended, and
    for one that another process of this machine runs.
    """
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    said = f"run {run.run} of {run.model}"
    if run.status != RUNNING:
        raise OperatorError(f"{said} has ended already: it is {run.status}")
    states = aws.client("stepfunctions", platform.region)
    try:
        states.stop_execution(executionArn=build_execution_arn(platform, run.model, run.run), cause=CAUSE)
    except ClientError as error:
        raise OperatorError(f"{said} cannot be stopped: {error.response['Error']['Message']}") from error
