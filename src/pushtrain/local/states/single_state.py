"""TestState of this computer: evaluate one state of a definition, with a mock in place of what the state would do.

In: the request of TestState. Out: its response: `status` is SUCCEEDED with `output` and mostly `nextState`, or FAILED
with `error` and `cause`. It starts nothing. Source: Step Functions API reference, TestState; the evaluation is moto's.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pushtrain.local.api import ApiError, Request, RequestScope
from pushtrain.workflow.definition import iterate_states

MOCKED_TYPES = frozenset({"Task", "Parallel", "Map"})
# What a Parallel and a Map have in common with a Task.
TASK_MEMBERS = frozenset(
    {"InputPath", "Parameters", "ResultSelector", "ResultPath", "OutputPath", "Retry", "Catch", "Next", "End"}
)
NAME = "TestState"  # what moto calls the state while it evaluates it


def evaluate_state(request: Request, scope: RequestScope) -> Request:
    """Evaluate the state `stateName` of `definition`. Raises ApiError for a request that TestState would refuse."""
    state = _find_state(json.loads(request["definition"]), request.get("stateName", ""))
    mock = request.get("mock", {})
    if (state.get("Type") in MOCKED_TYPES) != ("result" in mock):
        raise ApiError("ValidationException", "On this computer a Task, Parallel or Map needs mock.result, others none")
    program = _parse(_replace_scopes(state))
    if mock:
        _mock(program.test_state, json.loads(mock["result"]))
    environment = _build_environment(request, scope)
    program._eval_body(environment)
    return _build_response(environment)


def _find_state(definition: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    for state_name, state in iterate_states(definition):
        if state_name == name:
            found_state: Mapping[str, Any] = state
            return found_state
    raise ApiError("ValidationException", f"There is no state {name!r} in the definition")


def _replace_scopes(state: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a Parallel or Map as a Task, which moto can evaluate alone. Its result is mocked anyway."""
    if state["Type"] not in {"Parallel", "Map"}:
        return state
    members = {name: value for name, value in state.items() if name in TASK_MEMBERS}
    return {**members, "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke"}


def _parse(state: Mapping[str, Any]) -> Any:
    from moto.stepfunctions.parser.asl.parse.test_state.asl_parser import (  # noqa: PLC0415 - nothing of moto at import
        TestStateAmazonStateLanguageParser,
    )

    try:
        return TestStateAmazonStateLanguageParser.parse(json.dumps(state, ensure_ascii=False))[0]
    except Exception as error:  # moto's parser and components raise errors of many types
        raise ApiError("InvalidDefinition", f"{type(error).__name__}: {error}") from error


def _mock(state: Any, mock_result: Any) -> None:
    """Let a state have this result. Parameters of a Task are evaluated all the same."""

    def execute(environment: Any) -> None:
        if hasattr(state, "_eval_parameters"):
            state._eval_parameters(environment)
        environment.stack.append(mock_result)

    state._eval_execution = execute


def _build_environment(request: Request, scope: RequestScope) -> Any:
    from moto.stepfunctions.parser.asl.eval import evaluation_details, states  # noqa: PLC0415
    from moto.stepfunctions.parser.asl.eval.event.event_manager import EventHistoryContext  # noqa: PLC0415
    from moto.stepfunctions.parser.asl.eval.test_state.environment import TestStateEnvironment  # noqa: PLC0415

    context = {"Execution": {}, "StateMachine": {}} | json.loads(request.get("context", "{}"))
    environment = TestStateEnvironment(
        aws_execution_details=evaluation_details.AWSExecutionDetails(
            account=scope.account, region=scope.region, role_arn=request.get("roleArn", "")
        ),
        execution_type="STANDARD",
        context=states.ContextObjectData(Execution=context["Execution"], StateMachine=context["StateMachine"]),
        event_history_context=EventHistoryContext.of_program_start(),
        activity_store={},
    )
    environment.states.reset(input_value=json.loads(request.get("input", "{}")))
    environment.next_state_name = NAME
    return environment


def _build_response(environment: Any) -> Request:
    from moto.stepfunctions.parser.asl.eval.program_state import ProgramError  # noqa: PLC0415
    from moto.stepfunctions.parser.asl.eval.test_state.program_state import ProgramChoiceSelected  # noqa: PLC0415

    state = environment.program_state()
    if isinstance(state, ProgramError):
        return {"status": "FAILED", "error": state.error.get("error", ""), "cause": state.error.get("cause") or ""}
    output = json.dumps(environment.states.get_input(), ensure_ascii=False)
    is_choice = isinstance(state, ProgramChoiceSelected)
    next_state = state.next_state_name if is_choice else environment.next_state_name
    return {"status": "SUCCEEDED", "output": output} | ({"nextState": next_state} if next_state != NAME else {})
