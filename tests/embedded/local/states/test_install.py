"""Install the engine in moto: it fits this release of moto, and `uninstall` restores moto exactly."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.embedded.local.state_machines import MACHINE, only, passing


def test_canary_moto_is_the_one_we_correct(engine: Any, requests: Any) -> None:
    """When this fails first, moto changed: read the message, look at corrections.py and hook.py."""
    job = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync",
        "Parameters": requests.training("job"),
    }
    ended = engine.run({"StartAt": "Only", "States": {"Only": {**job, "End": True}}})
    error = f"{ended.get('error')} {ended.get('cause')}"
    assert ended["status"] == "SUCCEEDED", f"moto changed: a state machine with one training job fails: {error}"


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("asl.component.state.exec.state_task.state_task_factory", "state_task_service_for"),
        ("asl.utils.json_path", "extract_json"),
        ("asl.component.state.choice.comparison.comparison_variable", "ComparisonVariable"),
        ("asl.component.state.choice.state_choice", "StateChoice"),
        ("asl.component.common.error_name.error_equals_decl", "ErrorEqualsDecl"),
        ("asl.component.state.state", "StateData"),
        ("asl.parse.intrinsic.intrinsic_parser", "IntrinsicParser"),
        ("models", "StepFunctionsParserBackend"),
    ],
)
def test_canary_every_name_we_replace_is_there(engine: Any, module: str, name: str) -> None:
    module_object = importlib.import_module(f"moto.stepfunctions.parser.{module}")
    assert hasattr(module_object, name), f"moto changed: moto.stepfunctions.parser.{module} has no {name}"


def test_canary_paths_are_replaced_everywhere(engine: Any) -> None:
    loaded = [module for name, module in sys.modules.items() if name.startswith("moto.stepfunctions")]
    readers = [module for module in loaded if hasattr(module, "extract_json")]
    assert len(readers) >= 5, f"moto changed: only {readers} read JSONPaths by extract_json"
    functions = {module.extract_json for module in readers}
    assert len(functions) == 1, "moto changed: some module still reads JSONPaths in moto's way"


def snapshot() -> dict[str, Any]:
    """Every attribute of every loaded module and class of moto."""
    attributes: dict[str, Any] = {}
    for name, module in list(sys.modules.items()):
        if not name.startswith("moto."):
            continue
        for key, value in list(vars(module).items()):
            if key.startswith("__"):
                continue
            attributes[f"{name}.{key}"] = value
            if isinstance(value, type) and value.__module__ == name:
                attributes.update({f"{name}.{key}.{member}": vars(value)[member] for member in list(vars(value))})
    return attributes


def test_uninstall_restores_moto_exactly(engine: Any, tmp_path: Path) -> None:
    engine.logs.describe_log_groups()
    engine.run(passing("warm"))
    engine.installed.uninstall()
    before = snapshot()
    engine.installed = engine.install()
    engine.logs.describe_log_groups()
    changed = {key for key, value in snapshot().items() if before.get(key) is not value}
    assert any("state_task_service_for" in key for key in changed)
    assert any("LogsResponse" in key for key in changed)
    engine.installed.uninstall()
    after = snapshot()
    differs = {key for key in before.keys() | after.keys() if before.get(key) is not after.get(key)}
    assert differs <= {"moto.core.authorization.ActionAuthenticatorMixin.request_count"}, (
        "install left something behind"
    )


def test_a_task_that_waits_for_its_token_is_told(engine: Any) -> None:
    """moto looks for the token through executions of its own: it must find ours."""
    import boto3

    queue = boto3.client("sqs", "us-east-1").create_queue(QueueName="queue")["QueueUrl"]
    body = {"QueueUrl": queue, "MessageBody": {"token.$": "$$.Task.Token"}}
    send = "arn:aws:states:::sqs:sendMessage.waitForTaskToken"
    execution = engine.start(
        engine.create(only(Type="Task", Resource=send, Parameters=body, End=True))["stateMachineArn"]
    )
    messages: list[Any] = []
    while not messages:
        messages = boto3.client("sqs", "us-east-1").receive_message(QueueUrl=queue).get("Messages", [])
    token = json.loads(messages[0]["Body"])["token"]
    engine.sfn.send_task_success(taskToken=token, output='{"done": true}')
    assert engine.end(execution)["output"] == {"done": True}


def test_the_server_answers_like_the_process(engine: Any) -> None:
    """Nothing of ours depends on requests that come in-process."""
    import boto3
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        there = boto3.client("stepfunctions", "us-east-1", endpoint_url=f"http://{host}:{port}")
        engine.create(passing("x"))
        execution = there.start_execution(stateMachineArn=MACHINE, name="run")["executionArn"]
        assert engine.end(execution)["output"] == {"said": "x"}
        assert there.describe_execution(executionArn=execution)["status"] == "SUCCEEDED"
        with pytest.raises(ClientError) as raised:
            there.create_state_machine(
                name="machine", definition=json.dumps(passing("y")), roleArn="arn:aws:iam::123456789012:role/r"
            )
        assert str(raised.value) == (
            "An error occurred (StateMachineAlreadyExists) when calling the CreateStateMachine operation: "
            "State Machine Already Exists: 'arn:aws:states:us-east-1:123456789012:stateMachine:machine'"
        )
    finally:
        server.stop()
