"""Rules of Choice states in words: `accuracy ≥ 0.93`. Pure.

A rule reads a copy such as `$.metrics.m0`; what it is a copy of stands in the state that made it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

Names = Mapping[str, str]

SIGNS = {"GreaterThanEquals": "≥", "LessThanEquals": "≤", "GreaterThan": ">", "LessThan": "<", "Equals": "="}
_COMPARISON = re.compile(
    r"(?:Numeric|String|Boolean|Timestamp)(GreaterThanEquals|LessThanEquals|GreaterThan|LessThan|Equals)(Path)?"
)
_KEY = re.compile(r"\['((?:[^'\\]|\\.)*)'\]|\.([^.\[\]]+)")
EVALUATION = ("read", "evaluation")  # where the metrics of evaluation.json are copied from


def read_copies(definition: Mapping[str, Any]) -> dict[str, str]:
    """Path of each copy that a Pass state makes -> the path it is a copy of."""
    found: dict[str, str] = {}
    for state in definition["States"].values():
        if state["Type"] == "Pass" and "ResultPath" not in state:
            found |= dict(_copies("$", state.get("Parameters", {})))
    return found


def _copies(at: str, parameters: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key, value in parameters.items():
        if isinstance(value, Mapping):
            yield from _copies(f"{at}.{key}", value)
        elif key.endswith(".$") and isinstance(value, str):
            yield f"{at}.{key[:-2]}", value


def describe_rule(rule: Mapping[str, Any], names: Names) -> list[str]:
    """A line for each thing that must hold."""
    if "And" in rule:
        return [line for part in rule["And"] for line in describe_rule(part, names)]
    if "Or" in rule:
        return [" or ".join(" and ".join(describe_rule(part, names)) for part in rule["Or"])]
    if "Not" in rule:
        return [f"not: {' and '.join(describe_rule(rule['Not'], names))}"]
    variable = _spoken(str(rule.get("Variable", "")), names)
    return [_test(variable, key, value, names) for key, value in rule.items() if key not in {"Variable", "Next"}]


def _test(variable: str, key: str, value: object, names: Names) -> str:
    if match := _COMPARISON.fullmatch(key):
        bound = _spoken(str(value), names) if match[2] else json.dumps(value, ensure_ascii=False)
        return f"{variable} {SIGNS[match[1]]} {bound}"
    words = re.sub(r"(?<!^)([A-Z])", r" \1", key).lower()  # IsPresent -> is present
    return f"{variable} {words}" if value is True else f"{variable} {words}: {json.dumps(value, ensure_ascii=False)}"


def _spoken(path: str, names: Names) -> str:
    """`binary.accuracy` for `$.metrics.m0`, which is a copy of `$.read.evaluation['binary']['accuracy']`."""
    keys = tuple(quoted.replace("\\'", "'") or plain for quoted, plain in _KEY.findall(names.get(path, path)))
    return ".".join(keys[len(EVALUATION) :] if keys[: len(EVALUATION)] == EVALUATION else keys)
