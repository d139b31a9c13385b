"""Rules of Choice states as text: `accuracy ≥ 0.93`. Pure.

A rule compares a copy such as `$.metrics.m0`. The Pass state that makes the copy has the original path.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

Copies = Mapping[str, str]  # path of a copy -> path of the original

SIGNS = {"GreaterThanEquals": "≥", "LessThanEquals": "≤", "GreaterThan": ">", "LessThan": "<", "Equals": "="}
_COMPARISON = re.compile(
    r"(?:Numeric|String|Boolean|Timestamp)(GreaterThanEquals|LessThanEquals|GreaterThan|LessThan|Equals)(Path)?"
)
_KEY = re.compile(r"\['((?:[^'\\]|\\.)*)'\]|\.([^.\[\]]+)")
EVALUATION = ("read", "evaluation")  # where the metrics of evaluation.json are copied from


def read_copies(definition: Mapping[str, Any]) -> dict[str, str]:
    """Return the copies that the Pass states of a definition make."""
    copies: dict[str, str] = {}
    for state in definition["States"].values():
        if state["Type"] == "Pass" and "ResultPath" not in state:
            copies |= dict(_list_copies("$", state.get("Parameters", {})))
    return copies


def _list_copies(prefix: str, parameters: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key, value in parameters.items():
        if isinstance(value, Mapping):
            yield from _list_copies(f"{prefix}.{key}", value)
        elif key.endswith(".$") and isinstance(value, str):
            yield f"{prefix}.{key[:-2]}", value


def describe_rule(rule: Mapping[str, Any], copies: Copies) -> list[str]:
    """Return a line for each condition of a rule: `accuracy ≥ 0.93`."""
    if "And" in rule:
        return [line for part in rule["And"] for line in describe_rule(part, copies)]
    if "Or" in rule:
        return [" or ".join(" and ".join(describe_rule(part, copies)) for part in rule["Or"])]
    if "Not" in rule:
        return [f"not: {' and '.join(describe_rule(rule['Not'], copies))}"]
    variable = _format_path(str(rule.get("Variable", "")), copies)
    return [
        _describe_comparison(variable, key, value, copies)
        for key, value in rule.items()
        if key not in {"Variable", "Next"}
    ]


def _describe_comparison(variable: str, key: str, value: object, copies: Copies) -> str:
    if match := _COMPARISON.fullmatch(key):
        bound = _format_path(str(value), copies) if match[2] else json.dumps(value, ensure_ascii=False)
        return f"{variable} {SIGNS[match[1]]} {bound}"
    verb = re.sub(r"(?<!^)([A-Z])", r" \1", key).lower()  # IsPresent -> is present
    return f"{variable} {verb}" if value is True else f"{variable} {verb}: {json.dumps(value, ensure_ascii=False)}"


def _format_path(path: str, copies: Copies) -> str:
    """Return `binary.accuracy` for `$.metrics.m0`, a copy of `$.read.evaluation['binary']['accuracy']`."""
    keys = tuple(quoted.replace("\\'", "'") or plain for quoted, plain in _KEY.findall(copies.get(path, path)))
    return ".".join(keys[len(EVALUATION) :] if keys[: len(EVALUATION)] == EVALUATION else keys)
