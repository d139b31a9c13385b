"""Build the program of a definition as moto's parser builds it, but without moto's grammar.

In: a definition as plain values. Out: the same tree of moto's components. moto's parser reads the text with ANTLR,
which took a fifth of a profile of a whole run. What this module does not know raises Unfamiliar: then moto's parser
must read the definition. Numbers are as on AWS: moto reads -5 as -5.0 and refuses 1e-07. Import this module only after
moto's interpreter was imported and corrected.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from moto.stepfunctions.parser.asl.parse import preprocessor as moto  # has all components, with their corrections
from moto.stepfunctions.parser.asl.parse.intrinsic.intrinsic_parser import IntrinsicParser

PATH = re.compile(r"\$([.\[].*)?", re.DOTALL)
CONTEXT_PATH = re.compile(r"\$\$([.\[].*)?", re.DOTALL)
INTRINSIC = re.compile(r"States\.\w+\(.*\)", re.DOTALL)
JSONATA = "{%"
PATH_SUFFIX = ".$"  # of a member whose value is read from a path
AMBIGUOUS_MEMBERS = frozenset({"RoleArn.$"})  # moto's grammar has a word of its own for it
OPERATORS = {operator.name: operator for operator in moto.ComparisonOperatorType}
ERROR_NAMES = {kind.to_name(): kind for kind in moto.StatesErrorNameType}
STATES = {
    "Pass": moto.StatePass,
    "Choice": moto.StateChoice,
    "Fail": moto.StateFail,
    "Succeed": moto.StateSucceed,
    "Wait": moto.StateWait,
    "Parallel": moto.StateParallel,
}

Build = Callable[[Any], Any]


class Unfamiliar(ValueError):
    """A part of a definition that only moto's parser can read, or that is wrong."""


def build_program(scope: Mapping[str, Any]) -> Any:
    """Return the program of a definition or of a branch. Raises Unfamiliar."""
    members = _build_members(scope, PROGRAM_MEMBERS)
    return moto.Program(
        query_language=moto.QueryLanguage(),
        start_at=_require(members, "StartAt"),
        states=_require(members, "States"),
        timeout_seconds=members.get("TimeoutSeconds"),
        comment=members.get("Comment"),
        version=members.get("Version"),
    )


def _build_members(mapping: Any, builds: Mapping[str, Build]) -> dict[str, Any]:
    """Return the component of each member."""
    _check(isinstance(mapping, dict), mapping)
    for name in mapping:
        _check(name in builds, name)
    return {name: builds[name](value) for name, value in mapping.items()}


def _check(is_familiar: object, part: object) -> None:
    if not is_familiar:
        raise Unfamiliar(repr(part)[:100])


def _require(members: Mapping[str, Any], name: str) -> Any:
    _check(name in members, name)
    return members[name]


def _build_states(states: Any) -> Any:
    _check(isinstance(states, dict) and states, states)
    component = moto.States()
    component.states.update({name: _build_state(name, state) for name, state in states.items()})
    return component


def _build_state(name: str, state: Mapping[str, Any]) -> Any:
    kind = str(state.get("Type"))
    members = _build_members({key: value for key, value in state.items() if key != "Type"}, STATE_MEMBERS)
    _check(kind == "Task" or kind in STATES, kind)
    component = moto.state_task_for(_require(members, "Resource")) if kind == "Task" else STATES[kind]()
    properties = moto.StateProps()
    properties.name = _read_text(name)
    for part in (moto.StateType[kind], *members.values(), moto.QueryLanguage()):
        properties.add(part)
    component.from_state_props(properties)
    return component


def _read_text(value: Any) -> str:
    """Return a literal text."""
    _check(isinstance(value, str) and not value.startswith(JSONATA), value)
    return str(value)


def _read_whole_number(value: Any) -> int:
    _check(type(value) is int and value >= 0, value)
    return int(value)


def _read_true(value: Any) -> bool:
    _check(value is True, value)
    return True


def _read_items(value: Any) -> list[Any]:
    """Return the items of an array that has some."""
    _check(isinstance(value, list) and value, value)
    return list(value)


def _read_path(value: Any) -> Any:
    """Return the component of a path into the input or into the context object."""
    text = _read_text(value)
    _check(not text.endswith(PATH_SUFFIX), text)
    if PATH.fullmatch(text):
        return moto.StringJsonPath(json_path=text)
    _check(CONTEXT_PATH.fullmatch(text), text)
    return moto.StringContextPath(context_object_path=text)


def _read_path_or_null(value: Any) -> Any:
    return None if value is None else _read_path(value)


def _read_result_path(value: Any) -> str | None:
    _check(value is None or (PATH.fullmatch(_read_text(value)) and not value.endswith(PATH_SUFFIX)), value)
    return None if value is None else str(value)


def _read_expression(value: Any) -> Any:
    """Return the component of a path or of an intrinsic function."""
    text = _read_text(value)
    if not INTRINSIC.fullmatch(text):
        return _read_path(text)
    _check('"' not in text and "\\" not in text, text)  # moto parses, and the history shows, the text with escapes
    return moto.StringIntrinsicFunction(intrinsic_function_derivation=text, function=IntrinsicParser.parse(text)[0])


def _build_template(template: Any) -> Any:
    """Return the component of an object of Parameters or ResultSelector."""
    _check(isinstance(template, dict), template)
    return moto.PayloadTmpl(payload_bindings=[_build_binding(name, value) for name, value in template.items()])


def _build_binding(name: str, value: Any) -> Any:
    _check(not name.startswith(("$", JSONATA)) and name not in AMBIGUOUS_MEMBERS, name)
    if name.endswith(PATH_SUFFIX):
        return moto.PayloadBindingStringExpressionSimple(
            field=name.removesuffix(PATH_SUFFIX), string_expression_simple=_read_expression(value)
        )
    return moto.PayloadBindingValue(field=name, payload_value=_build_payload(value))


def _build_payload(value: Any) -> Any:
    if isinstance(value, dict):
        return _build_template(value)
    if isinstance(value, list):
        return moto.PayloadArr(payload_values=[_build_payload(item) for item in value])
    return _build_literal(value)


def _build_literal(value: Any) -> Any:
    if value is None:
        return moto.PayloadValueNull()
    if isinstance(value, bool):
        return moto.PayloadValueBool(val=value)
    if isinstance(value, int):
        return moto.PayloadValueInt(val=value)
    if isinstance(value, float):
        _check(math.isfinite(value), value)
        return moto.PayloadValueFloat(val=value)
    return moto.PayloadValueStr(val=_read_text(value))


def _build_rule(rule: Any) -> Any:
    """Return the component of one rule of a Choice, or of a rule inside And, Or and Not."""
    _check(isinstance(rule, dict), rule)
    outer = _build_members({name: rule[name] for name in RULE_MEMBERS if name in rule}, RULE_MEMBERS)
    comparison = {name: value for name, value in rule.items() if name not in RULE_MEMBERS}
    return moto.ChoiceRule(
        comparison=_build_comparison(comparison),
        next_stmt=outer.get("Next"),
        comment=outer.get("Comment"),
        assign=None,
        output=None,
    )


def _build_comparison(comparison: Mapping[str, Any]) -> Any:
    if comparison.keys() == {"Not"}:
        return moto.ComparisonCompositeNot(rule=_build_rule(comparison["Not"]))
    if comparison.keys() == {"And"}:
        return moto.ComparisonCompositeAnd(rules=[_build_rule(rule) for rule in _read_items(comparison["And"])])
    if comparison.keys() == {"Or"}:
        return moto.ComparisonCompositeOr(rules=[_build_rule(rule) for rule in _read_items(comparison["Or"])])
    operators = comparison.keys() - {"Variable"}
    _check(len(operators) == 1 and "Variable" in comparison, comparison)
    (operator,) = operators
    _check(operator in OPERATORS, operator)
    value = comparison[operator]
    _check(not isinstance(value, str) or not value.startswith("$") or PATH.fullmatch(value), value)  # not a variable
    return moto.ComparisonVariable(
        variable=moto.Variable(string_sampler=_read_path(comparison["Variable"])),
        func=moto.ComparisonFuncValue(operator_type=OPERATORS[operator], value=value),
    )


def _build_retrier(retrier: Any) -> Any:
    properties = moto.RetrierProps()
    for part in _build_members(retrier, RETRIER_MEMBERS).values():
        properties.add(part)
    return moto.RetrierDecl.from_retrier_props(props=properties)


def _build_catcher(catcher: Any) -> Any:
    members = _build_members(catcher, CATCHER_MEMBERS)
    members.setdefault("ResultPath", moto.CatcherDecl.DEFAULT_RESULT_PATH)
    properties = moto.CatcherProps()
    for part in members.values():
        properties.add(part)
    return moto.CatcherDecl.from_catcher_props(props=properties)


def _build_error_name(name: Any) -> Any:
    text = _read_text(name)
    kind = ERROR_NAMES.get(text)
    return moto.CustomErrorName(error_name=text) if kind is None else moto.StatesErrorName(kind)


def _build_backoff_rate(rate: Any) -> Any:
    _check(type(rate) in {int, float} and math.isfinite(rate), rate)
    return moto.BackoffRateDecl(rate=float(rate))


def _build_jitter(strategy: Any) -> Any:
    _check(strategy in moto.JitterStrategy.__members__, strategy)
    return moto.JitterStrategyDecl(jitter_strategy=moto.JitterStrategy[strategy])


def _build_all(build: Build, component: Build) -> Build:
    """Return the function that builds an array's component from those of its items."""

    def build_all(values: Any) -> Any:
        return component([build(value) for value in _read_items(values)])

    return build_all


COMMENT: dict[str, Build] = {"Comment": lambda value: moto.Comment(comment=_read_text(value))}
NEXT: dict[str, Build] = {"Next": lambda value: moto.Next(name=_read_text(value))}
RESULT_PATH: dict[str, Build] = {"ResultPath": lambda value: moto.ResultPath(result_path_src=_read_result_path(value))}
ERROR_EQUALS: dict[str, Build] = {
    "ErrorEquals": _build_all(_build_error_name, lambda names: moto.ErrorEqualsDecl(error_names=names))
}
TIMEOUT: dict[str, Build] = {
    "TimeoutSeconds": lambda value: moto.TimeoutSeconds(timeout_seconds=_read_whole_number(value))
}
PROGRAM_MEMBERS: dict[str, Build] = {
    **COMMENT,
    **TIMEOUT,
    "Version": lambda value: moto.Version(version=_read_text(value)),
    "StartAt": lambda value: moto.StartAt(start_at_name=_read_text(value)),
    "States": _build_states,
}
RULE_MEMBERS = {**COMMENT, **NEXT}
RETRIER_MEMBERS: dict[str, Build] = {
    **COMMENT,
    **ERROR_EQUALS,
    "IntervalSeconds": lambda value: moto.IntervalSecondsDecl(seconds=_read_whole_number(value)),
    "MaxAttempts": lambda value: moto.MaxAttemptsDecl(attempts=_read_whole_number(value)),
    "MaxDelaySeconds": lambda value: moto.MaxDelaySecondsDecl(max_delays_seconds=_read_whole_number(value)),
    "BackoffRate": _build_backoff_rate,
    "JitterStrategy": _build_jitter,
}
CATCHER_MEMBERS = {**COMMENT, **ERROR_EQUALS, **NEXT, **RESULT_PATH}
STATE_MEMBERS: dict[str, Build] = {
    **COMMENT,
    **NEXT,
    **RESULT_PATH,
    **TIMEOUT,
    "End": lambda value: moto.End(is_end=_read_true(value)),
    "InputPath": lambda value: moto.InputPath(string_sampler=_read_path_or_null(value)),
    "OutputPath": lambda value: moto.OutputPath(string_sampler=_read_path_or_null(value)),
    "Parameters": lambda value: moto.Parameters(payload_tmpl=_build_template(value)),
    "ResultSelector": lambda value: moto.ResultSelector(payload_tmpl=_build_template(value)),
    "Result": lambda value: moto.Result(result_obj=value),
    "Resource": lambda value: moto.Resource.from_resource_arn(_read_text(value)),
    "HeartbeatSeconds": lambda value: moto.HeartbeatSeconds(heartbeat_seconds=_read_whole_number(value)),
    "Seconds": lambda value: moto.Seconds(seconds=_read_whole_number(value)),
    "SecondsPath": lambda value: moto.SecondsPath(string_sampler=_read_path(value)),
    "Error": lambda value: moto.Error(string_expression=moto.StringLiteral(literal_value=_read_text(value))),
    "Cause": lambda value: moto.Cause(string_expression=moto.StringLiteral(literal_value=_read_text(value))),
    "ErrorPath": lambda value: moto.ErrorPath(string_expression=_read_expression(value)),
    "CausePath": lambda value: moto.CausePath(string_expression=_read_expression(value)),
    "Default": lambda value: moto.DefaultDecl(state_name=_read_text(value)),
    "Choices": _build_all(_build_rule, lambda rules: moto.ChoicesDecl(rules=rules)),
    "Branches": _build_all(build_program, lambda programs: moto.BranchesDecl(programs=programs)),
    "Retry": _build_all(_build_retrier, lambda retriers: moto.RetryDecl(retriers=retriers)),
    "Catch": _build_all(_build_catcher, lambda catchers: moto.CatchDecl(catchers=catchers)),
}
