"""Paths and intrinsics of the Amazon States Language, which are the values of `K.$` keys.

In: a JSONPath or an intrinsic, as text. Out: its problem, or None. Evaluates nothing.
Sources: https://states-language.net/spec.html; Step Functions developer guide, "Intrinsic functions", "Context object".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from msgspec import Struct

from pushtrain.catalog.suggest import did_you_mean

EXPRESSION_STARTS = ("$", "States.")  # a path or an intrinsic begins with one of these
NESTING_LIMIT = 10  # intrinsics inside each other
_CACHED_TEXTS = 1024  # a definition repeats its expressions: in names, URIs and several checks

# Number of arguments of each intrinsic: minimum, maximum (None: any number).
_INTRINSICS: dict[str, tuple[int, int | None]] = {
    "States.Array": (0, None),
    "States.ArrayContains": (2, 2),
    "States.ArrayGetItem": (2, 2),
    "States.ArrayLength": (1, 1),
    "States.ArrayPartition": (2, 2),
    "States.ArrayRange": (3, 3),
    "States.ArrayUnique": (1, 1),
    "States.Base64Decode": (1, 1),
    "States.Base64Encode": (1, 1),
    "States.Format": (1, None),
    "States.Hash": (2, 2),
    "States.JsonMerge": (3, 3),
    "States.JsonToString": (1, 1),
    "States.MathAdd": (2, 2),
    "States.MathRandom": (2, 3),
    "States.StringSplit": (2, 2),
    "States.StringToJson": (1, 1),
    "States.UUID": (0, 0),
}
_CONTEXT: dict[str, frozenset[str]] = {
    "Execution": frozenset({"Id", "Input", "Name", "RedriveCount", "RedriveTime", "RoleArn", "StartTime"}),
    "Map": frozenset({"Item"}),
    "State": frozenset({"EnteredTime", "Name", "RetryCount"}),
    "StateMachine": frozenset({"Id", "Name"}),
    "Task": frozenset({"Token"}),
}

_KEY = r"""\.[^\s.\[\](),'"{}*?@]+ | \['(?:\\.|[^'\\])*'\] | \["(?:\\.|[^"\\])*"\] | \[-?\d+\]"""
_ROOT = r"\$(?:\$|[A-Za-z_]\w*)?"
_REFERENCE = re.compile(rf"{_ROOT}(?:{_KEY})*", re.VERBOSE)
_PATH = re.compile(
    rf"{_ROOT}(?:{_KEY} | \.{_KEY.partition('|')[0]} | \.\.?\* | \.\.(?=\[) | \[\s*(?:\*|-?\d*\s*:\s*-?\d*)\s*\]"
    r"| \[\s*-?\d+(?:\s*,\s*-?\d+)+\s*\] | \[\?\((?:[^()]|\([^()]*\))*\)\])*",
    re.VERBOSE,
)
_TEXT = re.compile(r"'(?:\\.|[^'\\])*'")
_ARGUMENTS = {"$": _PATH, "'": _TEXT}  # by the first character; the others are _PLAIN
_PLAIN = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null")
_CALL_START = re.compile(r"(States\.[\w.]*)\s*\(")
_EXPRESSION_START = re.compile(r"\$\$?[.\[]|States\.[A-Z]\w*\s*\(")


def looks_like_expression(text: str) -> bool:
    """Return True if plain text looks like a path or an intrinsic, so that its key should probably end in `.$`."""
    if not text.startswith(EXPRESSION_STARTS):
        return False
    return bool(_EXPRESSION_START.match(text)) and (text.startswith("States.") or bool(_PATH.fullmatch(text)))


def find_path_problem(text: str, *, reference: bool = False) -> str | None:
    """Return the problem of a JSONPath, None if there is none.

    `reference`: it must be a reference path, which names a single node, as in ResultPath.
    """
    if not (_REFERENCE if reference else _PATH).fullmatch(text):
        return f"{text!r} is not a {'reference path' if reference else 'JSONPath'}"
    return _find_context_problem(text) if text.startswith("$$") else None


@lru_cache(_CACHED_TEXTS)
def find_expression_problem(text: str) -> str | None:
    """Return the problem of a JSONPath or an intrinsic, the value of a `K.$` key; None if AWS would take it."""
    if text.startswith("$"):
        return find_path_problem(text)
    try:
        call, end = _parse_call(text, 0, 1)
    except _BadExpressionError as error:
        return f"{error} in {text!r}"
    if text[end:].strip():
        return f"{text[end:].strip()!r} is left over behind {call.name}(…) in {text!r}"
    return None


@lru_cache(_CACHED_TEXTS)
def read_format_template(text: str) -> str | None:
    """Return the template of a `States.Format` call, without backslashes and with its `{}`; None for other text."""
    if find_expression_problem(text) is None and (match := re.match(r"States\.Format\(\s*('(?:\\.|[^'\\])*')", text)):
        return re.sub(r"\\(.)", r"\1", match[1][1:-1])
    return None


class _BadExpressionError(Exception):
    """Raised and caught in this module only."""


class _Call(Struct, frozen=True):
    name: str
    arguments: list[str]


def _parse_call(text: str, position: int, depth: int) -> tuple[_Call, int]:
    """Parse the intrinsic call at `position`. Return it and the position after it. Raises _BadExpressionError."""
    start = _CALL_START.match(text, position)
    if not start:
        raise _BadExpressionError(f"no path and no intrinsic at {text[position : position + 20]!r}")
    name = start[1]
    if name not in _INTRINSICS:
        raise _BadExpressionError(f"there is no intrinsic {name}{did_you_mean(name, _INTRINSICS)}")
    if depth > NESTING_LIMIT:
        raise _BadExpressionError(f"more than {NESTING_LIMIT} intrinsics are nested")
    arguments, end = _parse_arguments(text, start.end(), depth)
    call = _Call(name, arguments)
    for problem in _find_call_problems(call):
        raise _BadExpressionError(problem)
    return call, end


def _parse_arguments(text: str, position: int, depth: int) -> tuple[list[str], int]:
    """Parse the arguments from after `(`. Return them and the position after `)`."""
    arguments: list[str] = []
    position = _skip_spaces(text, position)
    while arguments or not text.startswith(")", position):
        start = position
        position = _find_argument_end(text, position, depth)
        arguments.append(text[start:position])
        position = _skip_spaces(text, position)
        if text.startswith(")", position):
            break
        if not text.startswith(",", position):
            raise _BadExpressionError(f"expected ',' or ')' behind {arguments[-1]!r}: unbalanced or misquoted")
        position = _skip_spaces(text, position + 1)
    return arguments, position + 1


def _find_argument_end(text: str, position: int, depth: int) -> int:
    """Return the position after the argument at `position`."""
    if text.startswith("States.", position):
        return _parse_call(text, position, depth + 1)[1]
    pattern = _ARGUMENTS.get(text[position : position + 1], _PLAIN)
    if match := pattern.match(text, position):
        problem = _find_context_problem(match[0]) if match[0].startswith("$$") else None
        if problem:
            raise _BadExpressionError(problem)
        return match.end()
    raise _BadExpressionError(
        f"{text[position : position + 20]!r} is no path, intrinsic, 'text', number, true, false or null"
    )


def _skip_spaces(text: str, position: int) -> int:
    return len(text) - len(text[position:].lstrip())


def _find_call_problems(call: _Call) -> Iterator[str]:
    minimum, maximum = _INTRINSICS[call.name]
    count = len(call.arguments)
    if count < minimum or (maximum is not None and count > maximum):
        allowed = str(minimum) if maximum == minimum else f"{minimum} to {maximum}" if maximum else f"{minimum} or more"
        yield f"{call.name} takes {allowed} arguments, not {count}"
    elif call.name == "States.Format" and call.arguments[0].startswith("'"):
        template = re.sub(r"\\.", "", call.arguments[0])
        if re.search(r"[{}]", template.replace("{}", "")):
            yield "a brace of States.Format that is no '{}' needs a backslash"
        elif template.count("{}") != count - 1:
            yield f"States.Format has {template.count('{}')} '{{}}' for {count - 1} values"


@lru_cache(_CACHED_TEXTS)
def _find_context_problem(path: str) -> str | None:
    """Return the problem of a path into the context object, which begins with `$$`."""
    keys = re.findall(r"\.([^.\[]+)|\['([^']*)'\]", path[2:])[:2]
    names = [first or second for first, second in keys]
    if names and names[0] not in _CONTEXT:
        return f"the context object has no {names[0]!r}{did_you_mean(names[0], _CONTEXT)}"
    if len(names) > 1 and names[1] not in _CONTEXT[names[0]]:
        return f"the context object's {names[0]} has no {names[1]!r}{did_you_mean(names[1], _CONTEXT[names[0]])}"
    return None
