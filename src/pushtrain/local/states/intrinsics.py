"""Reads an intrinsic call such as `States.Format('{}-{}', $.m['macro avg'], $$.State.Name)` into moto's components.

In: the text of a call. Out: moto's function component. moto's own grammar ends a path at the first bracket.
Arguments (developer guide, "Intrinsic functions"): text in single quotes, numbers, true, false, null, paths, calls.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

Guard = Callable[[Any], Any]
NAME = re.compile(r"\s*States\.(\w+)\s*\(")
TEXT = re.compile(r"'((?:[^'\\]|\\.)*)'", re.DOTALL)
NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?")
WORDS = {"true": True, "false": False, "null": None}
ESCAPED = re.compile(r"\\(.)", re.DOTALL)
# What ends a path outside of its own brackets.
PATH = re.compile(r"""\$\$?(?:\[(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^\]])*\]|[^,()\[\]\s'])*""")


def parse(text: str, guard: Guard) -> Any:
    """The function of a call, each call in it passed through `guard`. Raises ValueError where the text is no call."""
    function, end = _call(text, 0, guard)
    if text[end:].strip():
        raise ValueError(f"{text}: unexpected {text[end:].strip()!r} after the call")
    return function


def _call(text: str, at: int, guard: Guard) -> tuple[Any, int]:
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

    head = NAME.match(text, at)
    if head is None or head[1] not in types.StatesFunctionNameType.__members__:
        raise ValueError(f"{text}: there is no such intrinsic function at {text[at:]!r}")
    arguments, end = _arguments(text, head.end(), guard)
    name = StatesFunctionName(types.StatesFunctionNameType[head[1]])
    function = StatesFunctionFactory.from_name(func_name=name, argument_list=ArgumentList(arguments))
    return guard(function), end


def _arguments(text: str, at: int, guard: Guard) -> tuple[list[Any], int]:
    """The arguments up to the closing parenthesis, and the place after it."""
    arguments: list[Any] = []
    at = _skip(text, at)
    while text[at : at + 1] != ")":
        argument, at = _argument(text, at, guard)
        arguments.append(argument)
        at = _skip(text, at)
        if text[at : at + 1] == ",":
            at = _skip(text, at + 1)
        elif text[at : at + 1] != ")":
            raise ValueError(f"{text}: expected ',' or ')' at {text[at:]!r}")
    return arguments, at + 1


def _argument(text: str, at: int, guard: Guard) -> tuple[Any, int]:
    from moto.stepfunctions.parser.asl.component.intrinsic.argument import argument as kinds  # noqa: PLC0415

    if found := PATH.match(text, at):
        kind = kinds.ArgumentContextPath if found[0].startswith("$$") else kinds.ArgumentJsonPath
        return kind(found[0]), found.end()
    if found := TEXT.match(text, at):
        return kinds.ArgumentLiteral(ESCAPED.sub(r"\1", found[1])), found.end()
    if found := NUMBER.match(text, at):
        number = float(found[0]) if found[1] or found[2] else int(found[0])
        return kinds.ArgumentLiteral(number), found.end()
    for word, value in WORDS.items():
        if text.startswith(word, at):
            return kinds.ArgumentLiteral(value), at + len(word)
    function, end = _call(text, at, guard)
    return kinds.ArgumentFunction(function), end


def _skip(text: str, at: int) -> int:
    while text[at : at + 1].isspace():
        at += 1
    return at
