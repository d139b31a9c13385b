"""Paths and intrinsics of the Amazon States Language: what stands behind a `K.$` key.

In: a JSONPath or an intrinsic, as text. Out: what is wrong with it, or None. Evaluates nothing.
Sources: https://states-language.net/spec.html; Step Functions developer guide, "Intrinsic functions", "Context object".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pushtrain.catalog.suggest import did_you_mean

NESTING_LIMIT = 10  # intrinsics within one field

# Arguments each intrinsic takes: fewest, most (None: any number).
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
_PLAIN = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null")
_CALL_START = re.compile(r"(States\.[\w.]*)\s*\(")
_LOOKS = re.compile(r"\$\$?[.\[]|States\.[A-Z]\w*\s*\(")


def looks_like_expression(text: str) -> bool:
    """Tell whether literal text reads like a path or an intrinsic, so that its key was meant to end in `.$`."""
    return bool(_LOOKS.match(text)) and (text.startswith("States.") or bool(_PATH.fullmatch(text)))


def find_path_problem(text: str, *, reference: bool = False) -> str | None:
    """Return what is wrong with a JSONPath; `reference`: one that names a single node, as ResultPath must."""
    if not (_REFERENCE if reference else _PATH).fullmatch(text):
        return f"{text!r} is not a {'reference path' if reference else 'JSONPath'}"
    return _problem_with_context(text) if text.startswith("$$") else None


def find_expression_problem(text: str) -> str | None:
    """Return what is wrong with the value of a `.$` key: a JSONPath or an intrinsic; None when AWS would take it."""
    if text.startswith("$"):
        return find_path_problem(text)
    try:
        call, end = _parse(text, 0, 1)
    except _BadExpressionError as error:
        return f"{error} in {text!r}"
    if text[end:].strip():
        return f"{text[end:].strip()!r} is left over behind {call.name}(…) in {text!r}"
    return None


def read_format_template(text: str) -> str | None:
    """Return the template of an outermost `States.Format`, escapes undone and `{}` kept; None for anything else."""
    if find_expression_problem(text) is None and (match := re.match(r"States\.Format\(\s*('(?:\\.|[^'\\])*')", text)):
        return re.sub(r"\\(.)", r"\1", match[1][1:-1])
    return None


class _BadExpressionError(Exception):
    """Raised within this module only."""


@dataclass(frozen=True)
class _Call:
    name: str
    arguments: list[str]


def _parse(text: str, at: int, depth: int) -> tuple[_Call, int]:
    """Read one intrinsic call from `at`; return it and where it ends. Raises _BadExpressionError."""
    start = _CALL_START.match(text, at)
    if not start:
        raise _BadExpressionError(f"no path and no intrinsic at {text[at : at + 20]!r}")
    name = start[1]
    if name not in _INTRINSICS:
        raise _BadExpressionError(f"there is no intrinsic {name}{did_you_mean(name, _INTRINSICS)}")
    if depth > NESTING_LIMIT:
        raise _BadExpressionError(f"more than {NESTING_LIMIT} intrinsics are nested")
    arguments, end = _arguments(text, start.end(), depth)
    call = _Call(name, arguments)
    for problem in _problems_with_call(call):
        raise _BadExpressionError(problem)
    return call, end


def _arguments(text: str, at: int, depth: int) -> tuple[list[str], int]:
    found: list[str] = []
    at = _blank(text, at)
    while not text.startswith(")", at) or found:
        begin = at
        at = _argument(text, at, depth)
        found.append(text[begin:at])
        at = _blank(text, at)
        if text.startswith(")", at):
            break
        if not text.startswith(",", at):
            raise _BadExpressionError(f"expected ',' or ')' behind {found[-1]!r}: unbalanced or misquoted")
        at = _blank(text, at + 1)
    return found, at + 1


def _argument(text: str, at: int, depth: int) -> int:
    """Return where the argument that begins at `at` ends."""
    if text.startswith("States.", at):
        return _parse(text, at, depth + 1)[1]
    for pattern in (_PATH, _TEXT, _PLAIN):
        if match := pattern.match(text, at):
            problem = _problem_with_context(match[0]) if match[0].startswith("$$") else None
            if problem:
                raise _BadExpressionError(problem)
            return match.end()
    raise _BadExpressionError(f"{text[at : at + 20]!r} is no path, intrinsic, 'text', number, true, false or null")


def _blank(text: str, at: int) -> int:
    while text[at : at + 1].isspace():
        at += 1
    return at


def _problems_with_call(call: _Call) -> Iterator[str]:
    fewest, most = _INTRINSICS[call.name]
    count = len(call.arguments)
    if count < fewest or (most is not None and count > most):
        wanted = f"{fewest} or more" if most is None else str(fewest) if most == fewest else f"{fewest} to {most}"
        yield f"{call.name} takes {wanted} arguments, not {count}"
    elif call.name == "States.Format" and call.arguments[0].startswith("'"):
        template = re.sub(r"\\.", "", call.arguments[0])
        if re.search(r"[{}]", template.replace("{}", "")):
            yield "a brace of States.Format that is no '{}' needs a backslash"
        elif template.count("{}") != count - 1:
            yield f"States.Format has {template.count('{}')} '{{}}' for {count - 1} values"


def _problem_with_context(path: str) -> str | None:
    """`$$` holds what the developer guide's "Context object" lists, nothing else."""
    keys = re.findall(r"\.([^.\[]+)|\['([^']*)'\]", path[2:])[:2]
    names = [first or second for first, second in keys]
    if names and names[0] not in _CONTEXT:
        return f"the context object has no {names[0]!r}{did_you_mean(names[0], _CONTEXT)}"
    if len(names) > 1 and names[1] not in _CONTEXT[names[0]]:
        return f"the context object's {names[0]} has no {names[1]!r}{did_you_mean(names[1], _CONTEXT[names[0]])}"
    return None
