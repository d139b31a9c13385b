"""Corrections of moto's interpreter. Each function replaces one behaviour that differs from AWS, and describes both.

In: a Patches. Out: moto, changed in memory until the patches are undone. Written for moto 5.2.
Import this module only after `pushtrain.local.states.install.install` imported moto.
"""

from __future__ import annotations

import json
from typing import Any

from moto.stepfunctions.parser.api import HistoryEventType, TaskFailedEventDetails
from moto.stepfunctions.parser.asl.component.common.error_name.custom_error_name import CustomErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.error_equals_decl import ErrorEqualsDecl
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import (
    FailureEvent,
    FailureEventException,
)
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name import StatesErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name_type import StatesErrorNameType
from moto.stepfunctions.parser.asl.component.intrinsic.function.statesfunction.json_manipulation import (
    string_to_json,
)
from moto.stepfunctions.parser.asl.component.state import state as state_module
from moto.stepfunctions.parser.asl.component.state.choice.comparison.comparison_operator_type import (
    ComparisonOperatorType,
)
from moto.stepfunctions.parser.asl.component.state.choice.comparison.comparison_variable import ComparisonVariable
from moto.stepfunctions.parser.asl.component.state.choice.comparison.variable import NoSuchVariable
from moto.stepfunctions.parser.asl.component.state.choice.state_choice import StateChoice
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails
from moto.stepfunctions.parser.asl.eval.program_state import ProgramStopped
from moto.stepfunctions.parser.asl.parse.intrinsic.intrinsic_parser import IntrinsicParser
from moto.stepfunctions.parser.asl.parse.preprocessor import Preprocessor
from moto.stepfunctions.parser.asl.utils import json_path

from pushtrain.local.patches import Patches
from pushtrain.local.states import intrinsics, paths

# "A retry or catch on States.ALL won't catch ..." (developer guide, "Handling errors in workflows").
NOT_IN_ALL = (StatesErrorNameType.StatesRuntime, StatesErrorNameType.StatesStatesDataLimitExceeded)


def apply_all(patches: Patches) -> None:
    """Apply every correction of the interpreter."""
    correct_json_paths(patches)
    correct_missing_choice_variables(patches)
    correct_choices_without_match(patches)
    correct_states_all(patches)
    correct_errors_out_of_branches(patches)
    correct_state_context(patches)
    correct_escapes(patches)
    correct_intrinsics(patches)
    correct_string_to_json(patches)
    correct_errors_after_a_stop(patches)


def correct_json_paths(patches: Patches) -> None:
    """Moto: `$.l[0].a` gives `[1]`. AWS: `1`. On AWS `$.m.점수` and `$.m.f1-score` are paths, also in intrinsics."""

    def extract_json(path: str, data: Any) -> Any:
        try:
            return paths.read_value(path, data)
        except paths.NoValue as error:
            raise json_path.NoSuchJsonPathError(json_path=path, data=data) from error

    patches.replace_everywhere("moto.stepfunctions", "extract_json", json_path.extract_json, extract_json)


def correct_missing_choice_variables(patches: Patches) -> None:
    """Moto: a rule on a missing variable is false, so Default follows. AWS: States.Runtime, except for IsPresent."""
    stock = ComparisonVariable._eval_body

    def eval_body(self: Any, env: Environment) -> None:
        self.variable.eval(env)
        value = env.stack.pop()
        operator = self.comparison_function.operator_type
        if isinstance(value, NoSuchVariable) and operator is not ComparisonOperatorType.IsPresent:
            path = self.variable.string_sampler.literal_value
            cause = f"Invalid path '{path}': The choice state's condition path references an invalid value."
            raise build_failure(env, StatesErrorNameType.StatesRuntime, cause)
        stock(self, env)

    patches.replace(ComparisonVariable, "_eval_body", eval_body)


def correct_choices_without_match(patches: Patches) -> None:
    """A Choice state without Default in which no rule matches. Moto: States.Runtime. AWS: States.NoChoiceMatched."""
    stock = StateChoice._eval_state

    def eval_state(self: Any, env: Environment) -> None:
        try:
            stock(self, env)
        except RuntimeError as error:
            if self.default_state is not None:
                raise
            cause = f"Unable to transition out of choice state {self.name!r}: no rule matched and there is no Default"
            raise build_failure(env, StatesErrorNameType.StatesNoChoiceMatched, cause) from error

    patches.replace(StateChoice, "_eval_state", eval_state)


def correct_states_all(patches: Patches) -> None:
    """Moto: States.ALL catches and retries everything. AWS: not States.Runtime, not States.DataLimitExceeded."""
    stock = ErrorEqualsDecl._eval_body

    def eval_body(self: Any, env: Environment) -> None:
        error = env.stack[-1]
        if isinstance(error, StatesErrorName) and error.typ in NOT_IN_ALL and error not in self.error_names:
            env.stack[-1] = False
            return
        stock(self, env)

    patches.replace(ErrorEqualsDecl, "_eval_body", eval_body)


def correct_errors_out_of_branches(patches: Patches) -> None:
    """If a branch fails with a States.* error. Moto: its Parallel or Map gets States.Runtime. AWS: the same error."""
    reserved = {kind.to_name(): kind for kind in StatesErrorNameType}

    def build_error_name(error_name: str | None) -> Any:
        kind = reserved.get(error_name or "")
        return CustomErrorName(error_name) if kind is None else StatesErrorName(typ=kind)

    patches.replace_everywhere("moto.stepfunctions", "CustomErrorName", CustomErrorName, build_error_name)


def correct_state_context(patches: Patches) -> None:
    """Moto: `$$.State.RetryCount` exists in a Task only. AWS: in every state, and EnteredTime ends in Z."""
    stock = state_module.StateData

    def state_data(**members: Any) -> Any:
        entered = members["EnteredTime"].replace("+00:00", "Z")
        return stock(**{"RetryCount": 0, **members, "EnteredTime": entered})

    patches.replace(state_module, "StateData", state_data)


def correct_escapes(patches: Patches) -> None:
    r"""Moto: `\"` and `\\` in names and paths are not decoded, so `$["a b"]` has no value. AWS: they are decoded."""
    stock = Preprocessor._inner_string_of

    def inner_string_of(parser_rule_context: Any) -> str | None:
        text = stock(parser_rule_context=parser_rule_context)
        return None if text is None else _decode_escapes(text)

    patches.replace(Preprocessor, "_inner_string_of", staticmethod(inner_string_of))


def correct_intrinsics(patches: Patches) -> None:
    """Moto: paths in intrinsics end at the first bracket. AWS: any path; a failed call is States.IntrinsicFailure."""

    def guard(function: Any) -> Any:
        function.eval = _guard_eval(function)
        return function

    patches.replace(
        IntrinsicParser, "parse", staticmethod(lambda text: (intrinsics.parse(_decode_escapes(text), guard), None))
    )


def correct_string_to_json(patches: Patches) -> None:
    """Moto: States.StringToJson accepts NaN and Infinity, which are not JSON. AWS: States.IntrinsicFailure."""

    class StrictJson:
        @staticmethod
        def loads(text: str) -> Any:
            return json.loads(text, parse_constant=_refuse_constant)

    patches.replace(string_to_json, "json", StrictJson)


def correct_errors_after_a_stop(patches: Patches) -> None:
    """Moto: a program that is stopped between two components may fail, because the first left no value. AWS: never."""
    stock = Environment.set_error

    def set_error(self: Any, error: Any) -> None:
        with self._state_mutex:
            if not isinstance(self.program_state(), ProgramStopped):
                stock(self, error)

    patches.replace(Environment, "set_error", set_error)


def build_failure(env: Environment, name: StatesErrorNameType, cause: str) -> FailureEventException:
    """Return the exception with which a state fails under one of the States.* names."""
    details = TaskFailedEventDetails(error=name.to_name(), cause=cause)
    return FailureEventException(
        FailureEvent(
            env=env,
            error_name=StatesErrorName(typ=name),
            event_type=HistoryEventType.TaskFailed,
            event_details=EventDetails(taskFailedEventDetails=details),
        )
    )


def _decode_escapes(text: str) -> str:
    """Decode the text of a JSON string, which is given without its quotes."""
    return str(json.loads(f'"{text}"')) if "\\" in text else text


def _guard_eval(function: Any) -> Any:
    """Return the function's `eval`, which then fails with States.IntrinsicFailure for any unexpected error."""
    evaluate = function.eval

    def eval_guarded(env: Environment) -> None:
        try:
            evaluate(env)
        except (FailureEventException, json_path.NoSuchJsonPathError):
            raise
        except Exception as error:
            cause = f"The function 'States.{function.name.function_type.name()}' had the following error: {error}"
            raise build_failure(env, StatesErrorNameType.StatesIntrinsicFailure, cause) from error

    return eval_guarded


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
