"""One state of a definition against AWS's rules: its fields, paths, retries, comparisons, and its request.

In: a state as plain values, whatever they are. Out: its problems, as text without the state's name.
Where it leads to and what it nests is `check`'s part.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pushtrain.catalog import api, asl, expression
from pushtrain.catalog.suggest import did_you_mean

_TEMPLATES = ("Parameters", "ResultSelector", "ItemSelector", "Credentials")
_PATHS = ("InputPath", "OutputPath")
_REFERENCES = ("ItemsPath", "SecondsPath", "TimestampPath", "TimeoutSecondsPath", "HeartbeatSecondsPath")
_WHOLE_NUMBERS = {"Seconds": 0, "TimeoutSeconds": 1, "HeartbeatSeconds": 1, "MaxConcurrency": 0}
_WAITS = ("Seconds", "SecondsPath", "Timestamp", "TimestampPath")
_RETRY_FIELDS = (
    *("ErrorEquals", "IntervalSeconds", "MaxAttempts", "BackoffRate", "MaxDelaySeconds", "JitterStrategy"),
    "Comment",
)
_CATCH_FIELDS = ("ErrorEquals", "Next", "ResultPath", "Assign", "Comment")
_JOB_NAMES = {
    "CreateHyperParameterTuningJob": "HyperParameterTuningJobName",
    "CreateProcessingJob": "ProcessingJobName",
    "CreateTrainingJob": "TrainingJobName",
    "CreateTransformJob": "TransformJobName",
}
_JOB_NAME_LIMIT = 63
_JOB_NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")


def find_state_problems(state: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with one state, its links and inner states left aside."""
    kind = state.get("Type")
    if not isinstance(kind, str) or kind not in asl.STATE_FIELDS:
        yield f"Type {kind!r} is no state type{did_you_mean(str(kind), asl.STATE_FIELDS)}"
        return
    if state.get("QueryLanguage", "JSONPath") != "JSONPath":
        yield "QueryLanguage: JSONata states cannot be checked here; write it with JSONPath"
        return
    for field in sorted(state.keys() - asl.STATE_FIELDS[kind], key=str):
        yield f"a {kind} state has no field {field!r}{did_you_mean(str(field), asl.STATE_FIELDS[kind])}"
    yield from _plain_fields(state)
    yield from _path_fields(state)
    for field in _TEMPLATES:
        yield from _template(state.get(field), field)
    yield from _handlers(state, "Retry", _RETRY_FIELDS)
    yield from _handlers(state, "Catch", _CATCH_FIELDS)
    if kind == "Choice":
        yield from _choices(state)
    if kind == "Task":
        yield from _task(state)


def _plain_fields(state: Mapping[str, Any]) -> Iterator[str]:
    for field in ("Comment", "Error", "Cause", "Resource", "Next", "Default"):
        if field in state and not isinstance(state[field], str):
            yield f"{field} must be text, not {state[field]!r}"
    for field, least in _WHOLE_NUMBERS.items():
        if field in state and not _is_whole(state[field], least):
            yield f"{field} must be a whole number, {least} or more, not {state[field]!r}"
    for field in state.keys() - {"Result"}:
        if f"{field}Path" in state:
            yield f"{field} and {field}Path are both given; AWS takes one of the two"
    if state["Type"] == "Wait" and not state.keys() & _WAITS:
        yield f"a Wait state needs one of {', '.join(_WAITS)}"
    if "End" in state and state["End"] is not True:
        yield f"End must be true, not {state['End']!r}: leave it out where the run goes on"


def _path_fields(state: Mapping[str, Any]) -> Iterator[str]:
    for field in _PATHS:
        if state.get(field) is not None:
            yield from _path(field, state[field])
    for field in _REFERENCES:
        if field in state:
            yield from _path(field, state[field], reference=True)
    if state.get("ResultPath") is not None:
        yield from _result_path(state["ResultPath"])
    for field in ("ErrorPath", "CausePath"):
        if field in state:
            yield from (f"{field}: {text}" for text in _failure(str(state[field])))


def _failure(text: str) -> Iterator[str]:
    if problem := expression.find_expression_problem(text):
        yield problem
    for name in re.findall(r"States\.\w+(?=\()", text):
        if name not in asl.FAIL_INTRINSICS:
            yield f"a Fail state cannot use {name}; it can {', '.join(sorted(asl.FAIL_INTRINSICS))}"


def _path(field: str, value: object, *, reference: bool = False) -> Iterator[str]:
    if not isinstance(value, str):
        yield f"{field} must be a path, not {value!r}"
    elif problem := expression.find_path_problem(value, reference=reference):
        yield f"{field}: {problem}"


def _result_path(value: object) -> Iterator[str]:
    yield from _path("ResultPath", value, reference=True)
    if isinstance(value, str) and value.startswith("$$"):
        yield "ResultPath: the context object cannot be written to"


def _template(value: object, at: str) -> Iterator[str]:
    """A payload template: `K.$` holds an expression, `K` plain values, never both."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _member(str(key), item, f"{at}.{key}", value)
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _template(item, f"{at}[{index}]")
    elif isinstance(value, str) and expression.looks_like_expression(value):
        yield f"{at}: {value!r} is taken as plain text; only a key that ends in '.$' is evaluated"


# Members of SageMaker requests that hold a user's own words, which may look like anything.
FREE_TEXT_MEMBERS = frozenset({"ContainerArguments", "Environment", "HyperParameters"})


def _member(key: str, value: object, at: str, siblings: Mapping[str, object]) -> Iterator[str]:
    if key in FREE_TEXT_MEMBERS:
        named = value.items() if isinstance(value, Mapping) else ()
        computed = {name: item for name, item in named if str(name).endswith(".$")}
        yield from _template(computed, at)
        return
    if not key.endswith(".$"):
        yield from _template(value, at)
        return
    if key.removesuffix(".$") in siblings:
        yield f"{at}: {key.removesuffix('.$')!r} is given beside it; AWS takes one of the two"
    problem = expression.find_expression_problem(value) if isinstance(value, str) else f"{value!r} is not a path"
    if problem:
        yield f"{at}: {problem}"


def _handlers(state: Mapping[str, Any], field: str, known: tuple[str, ...]) -> Iterator[str]:
    """Rules that Retry and Catch share, and Retry's numbers."""
    handlers = state.get(field, [])
    if not isinstance(handlers, list | tuple) or not all(isinstance(one, Mapping) for one in handlers):
        yield f"{field} must be a list of mappings"
        return
    for index, handler in enumerate(handlers):
        at = f"{field}[{index}]"
        for key in sorted(handler.keys() - set(known), key=str):
            yield f"{at} has no field {key!r}{did_you_mean(str(key), known)}"
        yield from (f"{at}: {text}" for text in _errors(handler.get("ErrorEquals"), index == len(handlers) - 1))
        if field == "Retry":
            yield from (f"{at}: {text}" for text in _backoff(handler))
        elif handler.get("ResultPath") is not None:
            yield from (f"{at}: {text}" for text in _result_path(handler["ResultPath"]))


def _errors(names: object, last: bool) -> Iterator[str]:
    if not isinstance(names, list | tuple) or not names or not all(isinstance(name, str) for name in names):
        yield f"ErrorEquals must be a list of error names, not {names!r}"
        return
    for name in names:
        if name.startswith("States.") and name not in asl.ERRORS:
            yield f"there is no error {name}{did_you_mean(name, asl.ERRORS)}"
    if "States.ALL" in names and (len(names) > 1 or not last):
        yield "States.ALL must stand alone and last"


def _backoff(retry: Mapping[str, Any]) -> Iterator[str]:
    for field, least in {"IntervalSeconds": 1, "MaxAttempts": 0, "MaxDelaySeconds": 1}.items():
        if field in retry and not _is_whole(retry[field], least):
            yield f"{field} must be a whole number, {least} or more, not {retry[field]!r}"
    rate = retry.get("BackoffRate", 1)
    if isinstance(rate, bool) or not isinstance(rate, int | float) or rate < 1:
        yield f"BackoffRate must be a number, 1.0 or more, not {rate!r}"
    if retry.get("JitterStrategy", "NONE") not in ("FULL", "NONE"):
        yield f"JitterStrategy must be FULL or NONE, not {retry['JitterStrategy']!r}"


def _choices(state: Mapping[str, Any]) -> Iterator[str]:
    rules = state.get("Choices")
    if not isinstance(rules, list | tuple) or not rules:
        yield "a Choice state needs Choices, a list of at least one rule"
        return
    for index, rule in enumerate(rules):
        yield from (f"Choices[{index}]{text}" for text in _rule(rule, top=True))


def _rule(rule: object, *, top: bool) -> Iterator[str]:
    """One rule: exactly one of And, Or, Not, or Variable with one comparison; Next on the outermost alone."""
    if not isinstance(rule, Mapping):
        yield f" must be a mapping, not {rule!r}"
        return
    if top != ("Next" in rule):
        yield " needs Next" if top else ": Next belongs to the outermost rule"
    extra = {"Next", "Comment", "Assign", "Variable"}
    tests = [key for key in rule if key not in extra]
    if len(tests) != 1:
        yield f" needs exactly one comparison, And, Or or Not; it has {', '.join(map(repr, tests)) or 'none'}"
        return
    test, value = tests[0], rule[tests[0]]
    if test in ("And", "Or"):
        inner = value if isinstance(value, list | tuple) and value else [None]
        yield from (f".{test}[{i}]{text}" for i, one in enumerate(inner) for text in _rule(one, top=False))
    elif test == "Not":
        yield from (f".Not{text}" for text in _rule(value, top=False))
    else:
        yield from (f": {text}" for text in _comparison(test, value))
        yield from (f": {text}" for text in _path("Variable", rule.get("Variable"), reference=True))


def _comparison(test: str, value: object) -> Iterator[str]:
    if test in asl.PATH_COMPARISONS:
        yield from _path(test, value)
    elif test not in asl.COMPARISONS:
        yield f"there is no comparison {test!r}{did_you_mean(test, [*asl.COMPARISONS, *asl.PATH_COMPARISONS])}"
    elif not isinstance(value, asl.COMPARISONS[test]) or isinstance(value, bool) != (asl.COMPARISONS[test] is bool):
        yield f"{value!r} is not what {test} compares with"


def _task(state: Mapping[str, Any]) -> Iterator[str]:
    resource = state.get("Resource")
    if not isinstance(resource, str) or not resource.startswith("arn:"):
        yield f"Resource must be an ARN, not {resource!r}"
        return
    try:
        target = api.operation_of(resource)
    except api.UnknownTask as error:
        yield f"Resource: {error}"
        return
    if target is None:
        return
    parameters = state.get("Parameters", {})
    if not isinstance(parameters, Mapping):
        yield f"Parameters must be a mapping, not {parameters!r}"
        return
    yield from map(str, api.problems_in(target[1], parameters, "Parameters"))
    if target[1] in _JOB_NAMES:
        yield from _job_name(_JOB_NAMES[target[1]], parameters, retried=bool(state.get("Retry")))


def _job_name(member: str, parameters: Mapping[str, Any], *, retried: bool) -> Iterator[str]:
    """A name is unique in account and region: a retry with the same one is refused (ResourceInUse)."""
    name = str(parameters.get(f"{member}.$", ""))
    if retried and "$$.State.RetryCount" not in name:
        yield f"Parameters.{member} must depend on $$.State.RetryCount, as the state has Retry: a name works once"
    template = expression.read_format_template(name)
    shortest = None if template is None else template.replace("{}", "0")
    if shortest is not None and not (len(shortest) <= _JOB_NAME_LIMIT and _JOB_NAME.fullmatch(shortest)):
        rule = f"at most {_JOB_NAME_LIMIT} characters, {_JOB_NAME.pattern}"
        yield f"Parameters.{member}.$: {template!r} cannot become a job's name: {rule}"


def _is_whole(value: object, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least
