"""Programs that are built without moto's grammar: the same as moto's, except where moto differs from AWS."""

from __future__ import annotations

import json
from enum import Enum
from pathlib import Path
from typing import Any

import pytest

from tests.embedded.local.state_machines import only

DEFINITIONS = Path(__file__).parents[3] / "golden" / "definitions"
PARALLEL = {"StartAt": "A", "States": {"A": {"Type": "Succeed", "Comment": "end"}}}
RULE = {"Variable": "$$.x['a b']", "StringEqualsPath": "$.y"}
# Every member that is built, in one definition.
EVERYTHING = {
    "Comment": 'quotes " and \\ and 한글',
    "Version": "1.0",
    "TimeoutSeconds": 60,
    "StartAt": "Wait \" \\ 'x'",
    "States": {
        "Wait \" \\ 'x'": {"Type": "Wait", "Seconds": 1, "Next": "Wait for"},
        "Wait for": {
            "Type": "Wait",
            "SecondsPath": "$.seconds",
            "InputPath": None,
            "OutputPath": "$.a",
            "Next": "Pass",
        },
        "Pass": {
            "Type": "Pass",
            "Result": {"a": [1, -5, None, True, "$.x", {}]},
            "Parameters": {
                "text": ["{}", "$.x", "$$", "a.$", 'say "x"\t\\', "", "States.ALL", "Next"],
                "numbers": [0, 1.5, 1e30, -0.5, 10**20],
                "others": [True, False, None, [], {}, {"Type": "Next"}],
                "path.$": "$",
                "States.ALL.$": "$.a['b c'][0]",
                "context.$": "$$.Execution.Input.x",
                "call.$": "States.Format('{}/{}', $.a, States.UUID())",
            },
            "ResultPath": "$.jobs",
            "Next": "Task",
        },
        "Task": {
            "Type": "Task",
            "Resource": "arn:aws:states:::aws-sdk:s3:getObject",
            "TimeoutSeconds": 3,
            "HeartbeatSeconds": 2,
            "ResultSelector": {"a.$": "$.b"},
            "ResultPath": None,
            "Retry": [
                {"ErrorEquals": ["States.Timeout", "Mine"]},
                {
                    "ErrorEquals": ["Other"],
                    "Comment": "why",
                    "IntervalSeconds": 5,
                    "MaxAttempts": 0,
                    "MaxDelaySeconds": 7,
                    "BackoffRate": 2,
                    "JitterStrategy": "FULL",
                },
            ],
            "Catch": [
                {"ErrorEquals": ["States.TaskFailed"], "Next": "Fail", "ResultPath": "$.error"},
                {"ErrorEquals": ["States.ALL"], "Next": "Fail too", "Comment": "all"},
            ],
            "Next": "Choice",
        },
        "Choice": {
            "Type": "Choice",
            "Choices": [
                {"Not": RULE, "Next": "Parallel", "Comment": "no"},
                {"And": [RULE, {"Or": [RULE, {"Variable": "$.n", "NumericLessThan": 0.5}]}], "Next": "Parallel"},
                {"Variable": "$.flag", "BooleanEquals": True, "Next": "Fail"},
                {"Variable": "$.n", "IsPresent": False, "Next": "Fail"},
            ],
            "Default": "Fail too",
        },
        "Parallel": {"Type": "Parallel", "Branches": [PARALLEL, PARALLEL], "End": True},
        "Fail": {"Type": "Fail", "Error": "E", "Cause": "because"},
        "Fail too": {"Type": "Fail", "ErrorPath": "$.error", "CausePath": "States.Format('{}', $.cause)"},
    },
}


def read(name: str) -> Any:
    return json.loads((DEFINITIONS / name / "definition.json").read_text("utf-8"))


def describe(component: Any) -> Any:
    """Return a tree of moto's components as plain values."""
    if isinstance(component, Enum):
        return str(component)
    if isinstance(component, list | tuple):
        return [describe(part) for part in component]
    if isinstance(component, dict):
        return {str(name): describe(part) for name, part in component.items()}
    if type(component).__module__.startswith(("moto.", "pushtrain.")) and hasattr(component, "__dict__"):
        return {"component": type(component).__name__, **describe(vars(component))}
    return component if isinstance(component, str | int | float | None) else type(component).__name__


def describe_both(definition: Any) -> tuple[Any, Any]:
    """Return the program as built, and as moto's parser makes it. `engine` must be up."""
    from pushtrain.local.states.definitions import parse_with_grammar
    from pushtrain.local.states.programs import build_program

    return describe(build_program(definition)), describe(parse_with_grammar(json.dumps(definition)))


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("name", ["candidates", "every-option", "wait-for-capacity", "whole-pipeline"])
def test_the_program_of_a_template_is_the_one_of_motos_parser(name: str) -> None:
    built, parsed = describe_both(read(name))
    assert built == parsed


@pytest.mark.usefixtures("engine")
def test_the_program_of_every_member_is_the_one_of_motos_parser() -> None:
    built, parsed = describe_both(EVERYTHING)
    assert built == parsed


@pytest.mark.usefixtures("engine")
def test_every_template_is_built_without_motos_parser() -> None:
    from pushtrain.local.states.programs import Unfamiliar, build_program

    left_to_moto = set()
    for path in DEFINITIONS.glob("*/definition.json"):
        try:
            build_program(json.loads(path.read_text("utf-8")))
        except Unfamiliar:
            left_to_moto.add(path.parent.name)
    assert left_to_moto == {"serving-test"}  # a name of a file there has an apostrophe, which needs an escape


@pytest.mark.parametrize("number", [-5, 1e-07])
def test_numbers_are_those_of_the_definition(engine: Any, number: float) -> None:
    """moto makes -5.0 of -5, and refuses 1e-07."""
    output = engine.run(only(Parameters={"n": number}, End=True))["output"]
    assert json.dumps(output) == json.dumps({"n": number})  # -5 and -5.0 are equal


@pytest.mark.parametrize(
    "members",
    [
        {"Parameters": {"a.$": "$.a.$"}},
        {"Parameters": {"a.$": "x"}},
        {"Parameters": {"$.a": 1}},
        {"Parameters": {"RoleArn.$": "$.a"}},
        {"Parameters": {"a": "{% 1 %}"}},
        {"Parameters": {"a.$": "States.Nope(1)"}},
        {"ResultPath": "a"},
        {"End": False},
        {"Credentials": {"RoleArn": "r"}},
        {"Type": "Map", "ItemProcessor": PARALLEL},
        {"Type": "Choice", "Choices": []},
        {"Type": "Choice", "Choices": [{"Variable": "$.a", "StringEquals": "$x", "Next": "Only"}]},
        {"Type": "Task"},
        {"Retry": [{"ErrorEquals": ["States.Mine"]}]},
        {"Seconds": 1.5},
    ],
)
@pytest.mark.usefixtures("engine")
def test_what_is_unusual_or_wrong_is_left_to_motos_parser(members: dict[str, Any]) -> None:
    from pushtrain.local.states.programs import Unfamiliar, build_program

    with pytest.raises((Unfamiliar, ValueError)):
        build_program(only(**{"End": True, **members}))
