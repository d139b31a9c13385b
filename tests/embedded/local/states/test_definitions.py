"""Definitions that CreateStateMachine refuses."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.embedded.local.state_machines import MACHINE, only


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
            only(Type="Task", Resource="arn:aws:states:::sagemaker:createLabelingJob.sync", End=True),
            (
                "Invalid State Machine Definition: 'labeling jobs cannot run on this computer yet at "
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
    with pytest.raises(ClientError) as raised:
        engine.create(definition)
    head = "An error occurred (InvalidDefinition) when calling the CreateStateMachine operation: "
    assert str(raised.value).removeprefix(head) == problem


def test_stock_moto_takes_a_dangling_next(stock: Any) -> None:
    assert stock.create(only(Next="Gone"))["stateMachineArn"] == MACHINE
