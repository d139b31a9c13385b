"""Stop a run and its job. No other code stops runs."""

from __future__ import annotations

from pushtrain import aws
from pushtrain.errors import OperatorError
from pushtrain.launch.state_machine import build_execution_arn
from pushtrain.platform import Platform
from pushtrain.runs.model import Run

RUNNING = "RUNNING"
CAUSE = "stopped with pushtrain runs stop"


def stop_run(platform: Platform, run: Run) -> None:
    """Stop a run; Step Functions also stops the SageMaker job that it waits for.

    Source: Step Functions developer guide, "Run a job (.sync)". Raises OperatorError if the run has ended, or if
    another process on this computer runs it and does not stop it within 30 seconds.
    """
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    subject = f"run {run.run} of {run.model}"
    if run.status != RUNNING:
        raise OperatorError(f"{subject} has ended already: it is {run.status}")
    states = aws.client("stepfunctions", platform.region)
    try:
        states.stop_execution(executionArn=build_execution_arn(platform, run.model, run.run), cause=CAUSE)
    except ClientError as error:
        raise OperatorError(f"{subject} cannot be stopped: {error.response['Error']['Message']}") from error
