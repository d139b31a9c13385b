"""Lets AWS check the definition of a model repo: as a whole, then each state with a mock of what it would do.

Nothing is created and no job starts. Source: Step Functions API reference, ValidateStateMachineDefinition, TestState.
What AWS refuses is shown in its own words. [unverified] on AWS: that TestState takes the name of a state in a branch.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pushtrain import aws
from pushtrain.config import Config
from pushtrain.doctor.finding import Finding
from pushtrain.doctor.mocks import build_context, build_execution_input, build_task_result
from pushtrain.plans.validation import ERROR, ask_aws
from pushtrain.platform import Platform
from pushtrain.workflow import serialize_definition
from pushtrain.workflow.definition import list_inner_scopes, list_transitions

State = Mapping[str, Any]
FIX = "change what config.yaml adds with `sagemaker`, or the template"
UNTESTED = {"Wait": "waits, so it is not tested", "Map": "runs its states for each item, so it is not tested"}
CAUGHT = {"Error": "States.TaskFailed", "Cause": "{}"}  # what a Catch hands to the next state


def check_definition(definition: Mapping[str, Any], config: Config, platform: Platform) -> Iterator[Finding]:
    """Yield what AWS says about a definition, and then about each of its states."""
    answer = ask_aws(definition, platform)
    if answer.reason:
        yield Finding.wrong("definition", f"AWS was not asked: {answer.reason}", "check the credentials and the region")
        return
    for diagnostic in answer.diagnostics:
        is_error = diagnostic.severity == ERROR
        yield (
            Finding.wrong("definition", str(diagnostic), FIX)
            if is_error
            else Finding.note("definition", str(diagnostic))
        )
    if answer.is_refusal:
        return
    yield Finding.fine("definition", f"AWS takes it: {len(serialize_definition(definition))} characters")
    execution_input = build_execution_input(config, platform)
    walk = _Walk(definition, build_context(execution_input, platform), platform)
    yield from walk.check_scope(definition, execution_input)


class _Walk:
    """Goes through the states as a run would, each once. `_outputs` has the output of each scope, by its id."""

    def __init__(self, definition: Mapping[str, Any], context: Mapping[str, Any], platform: Platform) -> None:
        self._states = aws.client("stepfunctions", platform.region)
        self._request = {"definition": serialize_definition(definition), "context": json.dumps(context)}
        self._platform = platform
        self._outputs: dict[int, Any] = {}

    def check_scope(self, scope: Mapping[str, Any], scope_input: Any) -> Iterator[Finding]:
        """Test the states of a scope: first those on the way of a run in which all goes well, then the others.

        What comes after a state that failed has no input. It is not tested.
        """
        waiting, tested = deque([(scope["StartAt"], scope_input)]), set[str]()
        while waiting:
            name, state_input = waiting.popleft()
            if name in tested:
                continue
            tested.add(name)
            state = scope["States"][name]
            yield from self._check_branches(state, state_input)
            finding, response = self._check_state(name, state, state_input)
            yield finding
            waiting.extend(_list_catches(state, state_input))
            if finding.state == "wrong":
                continue
            output = json.loads(response["output"]) if response.get("output") else state_input
            if next_state := response.get("nextState", state.get("Next")):
                waiting.appendleft((next_state, output))
            elif state["Type"] != "Fail":
                self._outputs[id(scope)] = output
            waiting.extend((target, output) for _, target in list_transitions(state, "Choices", "Default", "Next"))
        if untested := scope["States"].keys() - tested:
            yield Finding.note(
                "state", f"not tested, because a state before them failed: {', '.join(sorted(untested))}"
            )

    def _check_branches(self, state: State, state_input: Any) -> Iterator[Finding]:
        for branch in _list_branches(state):
            yield from self.check_scope(branch, state_input)

    def _check_state(self, name: str, state: State, state_input: Any) -> tuple[Finding, Mapping[str, Any]]:
        """Return what AWS says about one state, and the response of TestState, empty if there is none."""
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - botocore is slow to import

        if reason := UNTESTED.get(state["Type"]):
            return Finding.note("state", f"{name}: {reason}"), {}
        if any(id(branch) not in self._outputs for branch in _list_branches(state)):
            return Finding.wrong("state", f"{name}: a state in one of its branches failed", FIX), {}
        mock = self._build_mock(name, state)
        try:
            response = self._states.test_state(
                **self._request, stateName=name, input=json.dumps(state_input), **({"mock": mock} if mock else {})
            )
        except (BotoCoreError, ClientError) as error:
            return Finding.wrong("state", f"{name}: {' '.join(str(error).split())}", FIX), {}
        own_error = state.get("Error", CAUGHT["Error"])  # ErrorPath leads to what a Catch handed over
        is_its_own_failure = state["Type"] == "Fail" and response.get("error") == own_error
        if response["status"] == "SUCCEEDED" or is_its_own_failure:
            return Finding.fine("state", name), response
        reason = f"{response.get('error')}: {response.get('cause')}"
        return Finding.wrong("state", f"{name}: AWS says {response['status']}, {reason}", FIX), {}

    def _build_mock(self, name: str, state: State) -> dict[str, str]:
        if state["Type"] == "Parallel":
            mock_result: Any = [self._outputs[id(branch)] for branch in _list_branches(state)]
        elif state["Type"] == "Task":
            mock_result = build_task_result(name, state, self._platform)
        else:
            return {}
        return {"result": json.dumps(mock_result), "fieldValidationMode": "PRESENT"}


def _list_branches(state: State) -> list[Mapping[str, Any]]:
    return [branch for _, branch in list_inner_scopes(state)] if state["Type"] == "Parallel" else []


def _list_catches(state: State, state_input: Any) -> Iterator[tuple[str, Any]]:
    """Yield the states that a Catch leads to, with what they would get: the error at ResultPath, such as `$.error`."""
    for catcher in state.get("Catch", ()):
        keys = [key for key in catcher.get("ResultPath", "$").removeprefix("$").split(".") if key]
        yield catcher["Next"], _set_value(state_input, keys, CAUGHT)


def _set_value(document: Mapping[str, Any], keys: Sequence[str], value: Any) -> Any:
    """Return a document with a value at a path. Mappings that the path leads through and that are missing are added."""
    if not keys:
        return value
    return {**document, keys[0]: _set_value(document.get(keys[0], {}), keys[1:], value)}
