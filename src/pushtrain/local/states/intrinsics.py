"""Parse an intrinsic call such as `States.Format('{}-{}', $.m['macro avg'], $$.State.Name)` into moto's components.

In: the text of a call. Out: moto's function component. It replaces moto's grammar, which ends a path at the first
bracket. Arguments (developer guide, "Intrinsic functions"): text in single quotes, numbers, true, false, null, paths,
calls.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

Guard = Callable[[Any], Any]
NAME = re.compile(r"\s*States\.(\w+)\s*\(")
TEXT = re.compile(r"'((?:[^'\\]|\\.)*)'", re.DOTALL)
NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?")
CONSTANTS = {"true": True, "false": False, "null": None}
ESCAPED = re.compile(r"\\(.)", re.DOTALL)
# Outside of its brackets, a path ends at one of , ( ) [ ] ' or at a space.
PATH = re.compile(r"""\$\$?(?:\[(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^\]])*\]|[^,()\[\]\s'])*""")


def parse(text: str, guard: Guard) -> Any:
    """Return the function of a call. `guard` wraps it and every call inside it. Raises ValueError for other text."""
    function, end = _parse_call(text, 0, guard)
    if text[end:].strip():
        raise ValueError(f"{text}: unexpected {text[end:].strip()!r} after the call")
    return function


def _parse_call(text: str, position: int, guard: Guard) -> tuple[Any, int]:
    """Return the function that starts at `position`, and the position after it."""
    from moto.stepfunctions.parser.asl.component.intrinsic.argument.argument import ArgumentList  # noqa: PLC0415
    from moto.stepfunctions.parser.asl.component.intrinsic.function.statesfunction.factory import (  # noqa: PLC0415
        StatesFunctionFactory,
    )
    from moto.stepfunctions.parser.asl.component.intrinsic.functionname import (  # noqa: PLC0415
        state_function_name_types as types,
    )
    from moto.stepfunctions.parser.asl.component.intrinsic.functionname.states_function_name import (  # noqa: PLC0415
        StatesFunctionName,
    )

    head = NAME.match(text, position)
    if head is None or head[1] not in types.StatesFunctionNameType.__members__:
        raise ValueError(f"{text}: there is no such intrinsic function at {text[position:]!r}")
    arguments, end = _parse_arguments(text, head.end(), guard)
    name = StatesFunctionName(types.StatesFunctionNameType[head[1]])
    function = StatesFunctionFactory.from_name(func_name=name, argument_list=ArgumentList(arguments))
    return guard(function), end


def _parse_arguments(text: str, position: int, guard: Guard) -> tuple[list[Any], int]:
    """Return the arguments up to the closing parenthesis, and the position after it."""
    arguments: list[Any] = []
    position = _skip_spaces(text, position)
    while text[position : position + 1] != ")":
        argument, position = _parse_argument(text, position, guard)
        arguments.append(argument)
        position = _skip_spaces(text, position)
        if text[position : position + 1] == ",":
            position = _skip_spaces(text, position + 1)
        elif text[position : position + 1] != ")":
            raise ValueError(f"{text}: expected ',' or ')' at {text[position:]!r}")
    return arguments, position + 1


def _parse_argument(text: str, position: int, guard: Guard) -> tuple[Any, int]:
    from moto.stepfunctions.parser.asl.component.intrinsic.argument import argument as kinds  # noqa: PLC0415

    if match := PATH.match(text, position):
        kind = kinds.ArgumentContextPath if match[0].startswith("$$") else kinds.ArgumentJsonPath
        return kind(match[0]), match.end()
    if match := TEXT.match(text, position):
        return kinds.ArgumentLiteral(ESCAPED.sub(r"\1", match[1])), match.end()
    if match := NUMBER.match(text, position):
        number = float(match[0]) if match[1] or match[2] else int(match[0])
        return kinds.ArgumentLiteral(number), match.end()
    for name, value in CONSTANTS.items():
        if text.startswith(name, position):
            return kinds.ArgumentLiteral(value), position + len(name)
    function, end = _parse_call(text, position, guard)
    return kinds.ArgumentFunction(function), end


def _skip_spaces(text: str, position: int) -> int:
    while text[position : position + 1].isspace():
        position += 1
    return position
