"""The Step Functions API on this machine: definitions, versions, executions, memory; and moto as it was afterwards."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from pushtrain.errors import LocalError
from pushtrain.local.events import ExecutionEnded, StateEntered, StateExited
from pushtrain.local.patches import Patches

MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:machine"


def passing(text: str) -> dict[str, Any]:
    return {"StartAt": "Only", "States": {"Only": {"Type": "Pass", "Result": {"said": text}, "End": True}}}


def waiting() -> dict[str, Any]:
    return {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 60, "End": True}}}


def test_canary_moto_is_the_one_we_correct(engine: Any, requests: Any) -> None:
    """When this fails first, moto changed: read the message, look at corrections.py and hook.py."""
    job = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync",
        "Parameters": requests.training("job"),
    }
    ended = engine.run({"StartAt": "Only", "States": {"Only": {**job, "End": True}}})
    said = f"{ended.get('error')} {ended.get('cause')}"
    assert ended["status"] == "SUCCEEDED", f"moto changed: a state machine with one training job fails: {said}"


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
    found = importlib.import_module(f"moto.stepfunctions.parser.{module}")
    assert hasattr(found, name), f"moto changed: moto.stepfunctions.parser.{module} has no {name}"


def test_canary_paths_are_replaced_everywhere(engine: Any) -> None:
    loaded = [module for name, module in sys.modules.items() if name.startswith("moto.stepfunctions")]
    held = [module for module in loaded if hasattr(module, "extract_json")]
    assert len(held) >= 5, f"moto changed: only {held} read JSONPaths by extract_json"
    functions = {module.extract_json for module in held}
    assert len(functions) == 1, "moto changed: some module still reads JSONPaths in moto's way"


def test_a_missing_name_says_that_moto_changed() -> None:
    with pytest.raises(LocalError) as told:
        Patches().replace(json, "gone", None)
    assert str(told.value) == (
        "moto changed: json has no 'gone'. pushtrain corrects moto by name and knows releases 5.2.x: "
        "install one with `pip install 'moto>=5.2,<5.3'`"
    )


def snapshot() -> dict[str, Any]:
    """Every attribute of every loaded module and class of moto."""
    found: dict[str, Any] = {}
    for name, module in list(sys.modules.items()):
        if not name.startswith("moto."):
            continue
        for key, value in list(vars(module).items()):
            if key.startswith("__"):
                continue
            found[f"{name}.{key}"] = value
            if isinstance(value, type) and value.__module__ == name:
                found.update({f"{name}.{key}.{member}": vars(value)[member] for member in list(vars(value))})
    return found


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


def test_output_of_text_is_json(engine: Any) -> None:
    definition = {"StartAt": "Only", "States": {"Only": {"Type": "Pass", "Result": "text", "End": True}}}
    assert engine.run(definition)["output"] == "text"


def test_stock_moto_output_of_text_is_not_json(stock: Any) -> None:
    definition = {"StartAt": "Only", "States": {"Only": {"Type": "Pass", "Result": "text", "End": True}}}
    with pytest.raises(ValueError, match="Expecting value"):
        stock.run(definition, name="run")


def test_states_are_told_in_order(engine: Any) -> None:
    ended = engine.run(passing("x"))
    engine.await_execution(ended["executionArn"])
    kinds = [type(event) for event in engine.happened]
    assert kinds == [StateEntered, StateExited, ExecutionEnded]
    assert [event.state for event in engine.happened[:2]] == ["Only", "Only"]
    assert engine.happened[2] == ExecutionEnded(arn=ended["executionArn"], status="SUCCEEDED")


def test_a_run_without_a_name_gets_one(engine: Any) -> None:
    definition = passing("x")
    definition["States"]["Only"] = {"Type": "Pass", "Parameters": {"name.$": "$$.Execution.Name"}, "End": True}
    ended = engine.run(definition)
    assert ended["executionArn"].endswith(f":{ended['name']}")
    assert len(ended["name"]) == 36
    assert ended["output"] == {"name": ended["name"]}


def test_stock_moto_gives_no_name(stock: Any) -> None:
    assert stock.run(passing("x"))["executionArn"].endswith(":None")


def test_versions_run_their_own_definition(engine: Any) -> None:
    first = engine.create(passing("old"), publish=True)["stateMachineVersionArn"]
    engine.sfn.update_state_machine(stateMachineArn=MACHINE, definition=json.dumps(passing("new")))
    second = engine.sfn.publish_state_machine_version(stateMachineArn=MACHINE)["stateMachineVersionArn"]
    assert (first, second) == (f"{MACHINE}:1", f"{MACHINE}:2")
    assert engine.end(engine.start(first))["output"] == {"said": "old"}
    assert engine.end(engine.start(second))["output"] == {"said": "new"}
    assert engine.end(engine.start(MACHINE))["output"] == {"said": "new"}
    assert "old" in engine.sfn.describe_state_machine(stateMachineArn=first)["definition"]
    listed = engine.sfn.list_state_machine_versions(stateMachineArn=MACHINE)["stateMachineVersions"]
    assert [version["stateMachineVersionArn"] for version in listed] == [second, first]
    assert [
        run["stateMachineVersionArn"] for run in engine.sfn.list_executions(stateMachineArn=first)["executions"]
    ] == [first]


def test_publishing_the_same_revision_twice_is_one_version(engine: Any) -> None:
    engine.create(passing("x"))
    arns = {
        engine.sfn.publish_state_machine_version(stateMachineArn=MACHINE)["stateMachineVersionArn"] for _ in range(2)
    }
    assert arns == {f"{MACHINE}:1"}


def test_stock_moto_cannot_start_a_version(stock: Any) -> None:
    version = stock.create(passing("x"), publish=True)["stateMachineVersionArn"]
    with pytest.raises(AttributeError):
        stock.start(version, name="run")


def test_a_version_that_is_not_there(engine: Any) -> None:
    engine.create(passing("x"))
    with pytest.raises(ClientError) as told:
        engine.start(f"{MACHINE}:7")
    assert str(told.value) == (
        "An error occurred (StateMachineDoesNotExist) when calling the StartExecution operation: State "
        "Machine Does Not Exist: 'arn:aws:states:us-east-1:123456789012:stateMachine:machine:7'"
    )


def test_create_again_with_another_definition_is_refused(engine: Any) -> None:
    engine.create(passing("old"))
    assert engine.create(passing("old"))["stateMachineArn"] == MACHINE
    with pytest.raises(ClientError) as told:
        engine.create(passing("new"))
    assert str(told.value) == (
        "An error occurred (StateMachineAlreadyExists) when calling the CreateStateMachine operation: "
        "State Machine Already Exists: 'arn:aws:states:us-east-1:123456789012:stateMachine:machine'"
    )


def test_stock_moto_keeps_the_old_definition_silently(stock: Any) -> None:
    stock.create(passing("old"))
    stock.create(passing("new"))
    assert "old" in stock.sfn.describe_state_machine(stateMachineArn=MACHINE)["definition"]


def test_starting_twice_under_one_name(engine: Any) -> None:
    engine.create(waiting())
    first = engine.start(MACHINE, name="run")
    assert engine.start(MACHINE, name="run") == first
    with pytest.raises(ClientError) as told:
        engine.start(MACHINE, {"other": "input"}, name="run")
    assert str(told.value) == (
        "An error occurred (ExecutionAlreadyExists) when calling the StartExecution operation: Execution "
        "Already Exists: 'arn:aws:states:us-east-1:123456789012:execution:machine:run'"
    )
    engine.sfn.stop_execution(executionArn=first)
    with pytest.raises(ClientError) as told:
        engine.start(MACHINE, name="run")
    assert str(told.value) == (
        "An error occurred (ExecutionAlreadyExists) when calling the StartExecution operation: Execution "
        "Already Exists: 'arn:aws:states:us-east-1:123456789012:execution:machine:run'"
    )


@pytest.mark.parametrize(
    ("action", "request_", "said"),
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
def test_what_a_request_is_refused_for(engine: Any, action: str, request_: dict[str, str], said: str) -> None:
    engine.create(passing("x"))
    on = {} if "executionArn" in request_ else {"stateMachineArn": MACHINE}
    with pytest.raises(ClientError) as told:
        getattr(engine.sfn, action)(**on, **request_)
    assert str(told.value) == said


def test_a_version_of_another_revision_is_not_published(engine: Any) -> None:
    engine.create(passing("x"))
    now = engine.sfn.describe_state_machine(stateMachineArn=MACHINE)["revisionId"]
    with pytest.raises(ClientError) as told:
        engine.sfn.publish_state_machine_version(stateMachineArn=MACHINE, revisionId="other")
    assert str(told.value) == (
        "An error occurred (ConflictException) when calling the PublishStateMachineVersion operation: "
        f"{MACHINE} is at revision {now}, not other"
    )


def test_an_express_machine_is_not_run(engine: Any) -> None:
    machine = engine.sfn.create_state_machine(
        name="express",
        type="EXPRESS",
        definition=json.dumps(passing("x")),
        roleArn="arn:aws:iam::123456789012:role/r",
    )
    with pytest.raises(ClientError) as told:
        engine.start(machine["stateMachineArn"])
    assert str(told.value) == (
        "An error occurred (StateMachineTypeNotSupported) when calling the StartExecution operation: "
        "Express executions cannot run on this computer: only STANDARD state machines can"
    )


@pytest.mark.parametrize("name", ["a b", "a/b", "x" * 81, "a:b"])
def test_names_aws_refuses(engine: Any, name: str) -> None:
    engine.create(passing("x"))
    with pytest.raises(ClientError) as told:
        engine.start(MACHINE, name=name)
    assert str(told.value) == (
        f"An error occurred (InvalidName) when calling the StartExecution operation: Invalid Name: '{name}'"
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


def test_redrive_is_refused_loudly(engine: Any) -> None:
    ended = engine.run(passing("x"))
    with pytest.raises(ClientError) as told:
        engine.sfn.redrive_execution(executionArn=ended["executionArn"])
    assert str(told.value) == (
        "An error occurred (ValidationException) when calling the RedriveExecution operation: "
        "redriveExecution does not work on this computer yet: push again, or start a new execution"
    )


def only(**members: Any) -> dict[str, Any]:
    return {"StartAt": "Only", "States": {"Only": {"Type": "Pass", **members}}}


@pytest.mark.parametrize(
    ("definition", "problem"),
    [
        (
            only(Next="Gone"),
            ("Invalid State Machine Definition: 'MISSING_TRANSITION_TARGET: there is no state 'Gone' at /States/Only'"),
        ),
        (
            {**only(End=True), "StartAt": "Gone"},
            (
                "Invalid State Machine Definition: 'MISSING_TRANSITION_TARGET: there is no state 'Gone' at "
                "/StartAt; MISSING_TRANSITION_TARGET: state 'Only' is not reachable at /States/Only'"
            ),
        ),
        (
            only(),
            (
                "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: exactly one of Next and End is "
                "needed at /States/Only'"
            ),
        ),
        (
            {"StartAt": "A", "States": {**only(End=True)["States"], "A": {"Type": "Succeed"}}},
            (
                "Invalid State Machine Definition: 'MISSING_TRANSITION_TARGET: state 'Only' is not reachable at "
                "/States/Only'"
            ),
        ),
        (
            only(End=True, QueryLanguage="JSONata"),
            (
                "Invalid State Machine Definition: 'JSONata and variables (Assign) cannot run on this computer "
                "yet: write the state with JSONPath at /States/Only'"
            ),
        ),
        (
            only(End=True, Assign={"x": 1}),
            (
                "Invalid State Machine Definition: 'JSONata and variables (Assign) cannot run on this computer "
                "yet: write the state with JSONPath at /States/Only'"
            ),
        ),
        (
            {**only(End=True), "QueryLanguage": "JSONata"},
            (
                "Invalid State Machine Definition: 'JSONata and variables (Assign) cannot run on this computer "
                "yet: write the state with JSONPath at /'"
            ),
        ),
        (
            only(Type="Task", Resource="arn:aws:states:::aws-sdk:s3:getObjekt", End=True),
            (
                "Invalid State Machine Definition: 's3 has no API action 'getObjekt'. Did you mean 'getObject'? "
                "at /States/Only/Resource'"
            ),
        ),
        (
            only(Type="Task", Resource="arn:aws:states:::sagemaker:createEndpoint.sync", End=True),
            (
                "Invalid State Machine Definition: 'sagemaker:createEndpoint has no .sync: .sync is there for "
                "createHyperParameterTuningJob, createLabelingJob, createProcessingJob, createTrainingJob, "
                "createTransformJob, nothing else waits at /States/Only/Resource'"
            ),
        ),
        (
            only(Type="Parallel", Branches=[only(Next="Gone")], End=True),
            (
                "Invalid State Machine Definition: 'MISSING_TRANSITION_TARGET: there is no state 'Gone' at "
                "/States/Only/Branches[0]/States/Only'"
            ),
        ),
        (
            only(Parameters={"x.$": "States.Formt('a')"}, End=True),
            (
                "Invalid State Machine Definition: 'ValueError: States.Formt('a'): there is no such intrinsic "
                "function at \"States.Formt('a')\"'"
            ),
        ),
        (
            {"StartAt": "A", "States": []},
            (
                "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: States must be an object of states "
                "at /States'"
            ),
        ),
        (
            {"StartAt": "A", "States": {"A": {"Type": "Choice", "Choices": [{"Next": "A"}], "End": True}}},
            (
                "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: a Choice takes neither Next nor "
                "End at /States/A'"
            ),
        ),
        (
            only(Type="Task", Resource="arn:aws:states:::sagemaker:createTransformJob.sync", End=True),
            (
                "Invalid State Machine Definition: 'transform jobs cannot run on this computer yet at "
                "/States/Only/Resource'"
            ),
        ),
        (
            only(End=True, Comment="x" * 1_048_577),
            "Invalid State Machine Definition: 'the definition has 1048662 bytes, 1048576 are allowed'",
        ),
        (
            "{",
            (
                "Invalid State Machine Definition: 'INVALID_JSON_DESCRIPTION: Expecting property name enclosed "
                "in double quotes: line 1 column 2 (char 1)'"
            ),
        ),
        ("[]", "Invalid State Machine Definition: 'INVALID_JSON_DESCRIPTION: a definition is a JSON object'"),
    ],
)
def test_unsound_definitions_are_refused_at_once(engine: Any, definition: Any, problem: str) -> None:
    with pytest.raises(ClientError) as told:
        engine.create(definition)
    head = "An error occurred (InvalidDefinition) when calling the CreateStateMachine operation: "
    assert str(told.value).removeprefix(head) == problem


def test_stock_moto_takes_a_dangling_next(stock: Any) -> None:
    assert stock.create(only(Next="Gone"))["stateMachineArn"] == MACHINE


def test_everything_is_there_in_a_later_process(engine: Any) -> None:
    engine.create(passing("x"), publish=True)
    execution = engine.start(f"{MACHINE}:1", {"in": 1}, name="run")
    before = engine.end(execution)
    history = engine.sfn.get_execution_history(executionArn=execution)["events"]
    engine.again()
    assert [machine["name"] for machine in engine.sfn.list_state_machines()["stateMachines"]] == ["machine"]
    assert [run["name"] for run in engine.sfn.list_executions(stateMachineArn=MACHINE)["executions"]] == ["run"]
    assert engine.end(execution)["output"] == before["output"]
    assert engine.sfn.get_execution_history(executionArn=execution)["events"] == history
    assert history[-1]["type"] == "ExecutionSucceeded"
    ran = engine.sfn.describe_state_machine_for_execution(executionArn=execution)
    assert json.loads(ran["definition"]) == passing("x")
    assert engine.end(engine.start(f"{MACHINE}:1", name="again"))["output"] == {"said": "x"}


def test_an_execution_whose_process_died_is_aborted(engine: Any) -> None:
    execution = engine.run(passing("x"))["executionArn"]
    document = engine.store.get("execution", execution)
    document |= {"status": "RUNNING", "process": {"pid": 1, "started": "another start"}}
    engine.store.put("execution", execution, document)
    ended = engine.sfn.describe_execution(executionArn=execution)
    assert ended["status"] == "ABORTED"
    assert ended["cause"] == "The process that ran this execution on this computer ended before the execution did."
    listed = engine.sfn.list_executions(stateMachineArn=MACHINE, statusFilter="ABORTED")["executions"]
    assert [run["executionArn"] for run in listed] == [execution]


def test_a_running_execution_of_another_process_is_not_ours_to_stop(engine: Any) -> None:
    execution = engine.run(passing("x"))["executionArn"]
    engine.store.put("execution", execution, engine.store.get("execution", execution) | {"status": "RUNNING"})
    with pytest.raises(ClientError) as told:
        engine.sfn.stop_execution(executionArn=execution)
    assert str(told.value) == (
        "An error occurred (ValidationException) when calling the StopExecution operation: "
        f"{execution} runs in another process of this computer: stop it there"
    )


def test_pages(engine: Any) -> None:
    engine.create(passing("x"))
    for name in ("a", "b", "c"):
        engine.end(engine.start(MACHINE, name=name))
    pages = engine.sfn.get_paginator("list_executions").paginate(
        stateMachineArn=MACHINE, PaginationConfig={"PageSize": 2}
    )
    assert [[run["name"] for run in page["executions"]] for page in pages] == [["c", "b"], ["a"]]


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
        with pytest.raises(ClientError) as told:
            there.create_state_machine(
                name="machine", definition=json.dumps(passing("y")), roleArn="arn:aws:iam::123456789012:role/r"
            )
        assert str(told.value) == (
            "An error occurred (StateMachineAlreadyExists) when calling the CreateStateMachine operation: "
            "State Machine Already Exists: 'arn:aws:states:us-east-1:123456789012:stateMachine:machine'"
        )
    finally:
        server.stop()
