"""TestState of this computer: its response has the shape of AWS's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from pushtrain.aws import client
from pushtrain.local.aws import up
from pushtrain.platform import Platform

TASK = {
    "Type": "Task",
    "Resource": "arn:aws:states:::lambda:invoke",
    "Parameters": {"FunctionName": "f", "Payload": {"name.$": "$$.Execution.Name"}},
    "ResultSelector": {"code.$": "$.StatusCode"},
    "ResultPath": "$.answer",
    "Next": "choice",
}
CHOICE = {
    "Type": "Choice",
    "Choices": [{"Variable": "$.answer.code", "NumericEquals": 200, "Next": "end"}],
    "Default": "fail",
}
DEFINITION = json.dumps(
    {
        "StartAt": "task",
        "States": {
            "task": TASK,
            "choice": CHOICE,
            "end": {"Type": "Succeed"},
            "fail": {"Type": "Fail", "Error": "Wrong", "Cause": "it is wrong"},
        },
    }
)
CONTEXT = json.dumps({"Execution": {"Name": "run1", "Input": {}}})
MOCK = {"result": '{"StatusCode": 200}'}


@pytest.fixture(autouse=True)
def local_aws(tmp_path: Path) -> Iterator[None]:
    with up(tmp_path / "store", Platform.local(), handlers={}):
        yield


def run_state(name: str, **request: Any) -> dict[str, Any]:
    response: dict[str, Any] = client("stepfunctions").test_state(
        definition=DEFINITION, stateName=name, context=CONTEXT, **request
    )
    response.pop("ResponseMetadata")
    return response


def test_a_task_has_the_result_of_its_mock() -> None:
    response = run_state("task", input='{"x": 1}', mock=MOCK)
    assert (response["status"], response["nextState"]) == ("SUCCEEDED", "choice")
    assert json.loads(response["output"]) == {"x": 1, "answer": {"code": 200}}


def test_a_choice_names_the_next_state() -> None:
    assert run_state("choice", input='{"answer": {"code": 200}}')["nextState"] == "end"
    assert run_state("choice", input='{"answer": {"code": 500}}')["nextState"] == "fail"


def test_an_end_has_no_next_state_and_a_fail_has_its_error() -> None:
    assert run_state("end", input="{}") == {"status": "SUCCEEDED", "output": "{}"}
    assert run_state("fail", input="{}") == {"status": "FAILED", "error": "Wrong", "cause": "it is wrong"}


def test_a_path_that_does_not_exist_is_the_cause() -> None:
    response = run_state("task", input="{}", mock={"result": "{}"})
    assert (response["status"], response["error"]) == ("FAILED", "States.Runtime")
    assert "'$.StatusCode'" in response["cause"]


@pytest.mark.parametrize(
    ("name", "request_members", "code", "message"),
    [
        ("taks", {}, "ValidationException", "There is no state 'taks' in the definition"),
        (
            "task",
            {},
            "ValidationException",
            "On this computer a Task, Parallel or Map needs mock.result, others none",
        ),
    ],
)
def test_a_request_that_cannot_be_answered_is_refused(
    name: str, request_members: dict[str, Any], code: str, message: str
) -> None:
    with pytest.raises(ClientError) as raised:
        run_state(name, **request_members)
    assert raised.value.response["Error"] == {"Code": code, "Message": message}
