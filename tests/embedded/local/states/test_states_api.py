"""The Step Functions API: refused requests, and pages."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.embedded.local.state_machines import MACHINE, passing


@pytest.mark.parametrize(
    ("action", "request_", "message"),
    [
        (
            "start_execution",
            {"input": "{"},
            (
                "An error occurred (InvalidExecutionInput) when calling the StartExecution operation: Invalid "
                "State Machine Execution Input: 'Expecting property name enclosed in double quotes: line 1 "
                "column 2 (char 1)'"
            ),
        ),
        (
            "start_execution",
            {"input": json.dumps("x" * 262_145)},
            (
                "An error occurred (InvalidExecutionInput) when calling the StartExecution operation: The input "
                "has 262147 bytes, 262144 are allowed"
            ),
        ),
        (
            "update_state_machine",
            {},
            (
                "An error occurred (MissingRequiredParameter) when calling the UpdateStateMachine operation: "
                "Either the definition, the role ARN or a configuration must be given"
            ),
        ),
        (
            "list_executions",
            {"nextToken": "x"},
            (
                "An error occurred (ValidationException) when calling the ListExecutions operation: Invalid "
                "pagination token 'x'"
            ),
        ),
        (
            "describe_execution",
            {"executionArn": "arn:aws:states:us-east-1:123456789012:execution:machine:no"},
            (
                "An error occurred (ExecutionDoesNotExist) when calling the DescribeExecution operation: "
                "Execution Does Not Exist: 'arn:aws:states:us-east-1:123456789012:execution:machine:no'"
            ),
        ),
    ],
)
def test_what_a_request_is_refused_for(engine: Any, action: str, request_: dict[str, str], message: str) -> None:
    engine.create(passing("x"))
    on = {} if "executionArn" in request_ else {"stateMachineArn": MACHINE}
    with pytest.raises(ClientError) as raised:
        getattr(engine.sfn, action)(**on, **request_)
    assert str(raised.value) == message


def test_an_express_machine_is_not_run(engine: Any) -> None:
    machine = engine.sfn.create_state_machine(
        name="express",
        type="EXPRESS",
        definition=json.dumps(passing("x")),
        roleArn="arn:aws:iam::123456789012:role/r",
    )
    with pytest.raises(ClientError) as raised:
        engine.start(machine["stateMachineArn"])
    assert str(raised.value) == (
        "An error occurred (StateMachineTypeNotSupported) when calling the StartExecution operation: "
        "Express executions cannot run on this computer: only STANDARD state machines can"
    )


def test_an_execution_that_succeeded_is_not_redriven(engine: Any) -> None:
    ended = engine.run(passing("x"))
    with pytest.raises(ClientError) as raised:
        engine.sfn.redrive_execution(executionArn=ended["executionArn"])
    assert str(raised.value) == (
        "An error occurred (ExecutionNotRedrivable) when calling the RedriveExecution operation: "
        "Execution is SUCCEEDED and cannot be redriven"
    )


def test_pages(engine: Any) -> None:
    engine.create(passing("x"))
    for name in ("a", "b", "c"):
        engine.end(engine.start(MACHINE, name=name))
    pages = engine.sfn.get_paginator("list_executions").paginate(
        stateMachineArn=MACHINE, PaginationConfig={"PageSize": 2}
    )
    assert [[run["name"] for run in page["executions"]] for page in pages] == [["c", "b"], ["a"]]
