"""A small IAM: statements and one request -> allowed or not. Identity policies and bucket policies, nothing else.

It knows just the operators our policies use and refuses any other, so that a new one cannot pass unjudged.
Source: policy evaluation logic and condition operators of the IAM user guide: an explicit Deny wins, else one Allow is
needed; every operator and every key of a Condition must hold; a key that the request lacks fails it, but for `Not`
operators, which then hold.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Statement = Mapping[str, Any]


@dataclass(frozen=True)
class Need:
    """One action on one resource, with what the request tells IAM."""

    action: str
    resource: str
    context: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)


@functools.cache
def matches(pattern: str, value: str, *, case: bool = True) -> bool:
    """IAM's wildcards: `*` any characters, `/` and `:` included, `?` one."""
    return compile_pattern(pattern, case=case).fullmatch(value) is not None


@functools.cache
def compile_pattern(pattern: str, *, case: bool) -> re.Pattern[str]:
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.compile(expression, re.DOTALL | (0 if case else re.IGNORECASE))


OPERATORS: Mapping[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda expected, actual: expected == actual,
    "StringLike": matches,
    "ArnEquals": matches,
    "ArnLike": matches,
    "Bool": lambda expected, actual: expected.lower() == actual.lower(),
}
NEGATED = {"ArnNotEquals": "ArnEquals"}
EVERY = "ForAllValues:"  # holds too for a key that is absent, or has no values
IF_EXISTS = "IfExists"


def allowed(statements: Iterable[Statement], need: Need, resource_policy: Iterable[Statement] = ()) -> bool:
    """Whether an identity with `statements` may do what is needed."""
    own = [statement for statement in statements if applies(statement, need)]
    denied = [
        statement
        for statement in (*own, *(s for s in resource_policy if applies(s, need)))
        if statement["Effect"] == "Deny"
    ]
    return not denied and any(statement["Effect"] == "Allow" for statement in own)


def may(statements: Iterable[Statement], need: Need, policy: Iterable[Statement], role: str) -> bool:
    """Whether a session of a role of this account may, over TLS."""
    who = {"aws:PrincipalArn": f"arn:aws:iam::123456789012:role/{role}", "aws:SecureTransport": "true"}
    return allowed(statements, Need(need.action, need.resource, {**need.context, **who}), policy)


def applies(statement: Statement, need: Need) -> bool:
    """Whether a statement speaks of the request at all."""
    if unknown := statement.keys() - {"Sid", "Effect", "Action", "Resource", "Condition", "Principal"}:
        raise NotImplementedError(f"this evaluator does not know {unknown}")
    return (
        any(matches(action, need.action, case=False) for action in listed(statement["Action"]))
        and any(matches(resource, need.resource) for resource in listed(statement["Resource"]))
        and all(_holds(operator, keys, need.context) for operator, keys in statement.get("Condition", {}).items())
    )


def _holds(operator: str, keys: Mapping[str, Any], context: Mapping[str, str | tuple[str, ...]]) -> bool:
    if operator == "Null":
        return all((key in context) == (expected == "false") for key, expected in keys.items())
    is_every, is_lenient = operator.startswith(EVERY), operator.endswith(IF_EXISTS)
    name = operator.removeprefix(EVERY).removesuffix(IF_EXISTS)
    test = OPERATORS[NEGATED.get(name, name)]
    for key, expected in keys.items():
        if key not in context and (is_every or is_lenient):
            continue
        results = [any(test(value, actual) for value in listed(expected)) for actual in listed(context.get(key, ()))]
        matches = bool(results) and all(results)
        if matches == (name in NEGATED):
            return False
    return True


def listed(value: object) -> Sequence[str]:
    return [value] if isinstance(value, str) else list(value)  # type: ignore[call-overload]
