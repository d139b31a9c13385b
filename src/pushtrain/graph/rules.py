"""Rules of Choice states as text: `a.b < 3`. Pure.

The rule of the gate only says that the verdict is positive. The Task that invokes `decide` has the conditions, so these
are shown instead: `accuracy ≥ 0.93`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from pushtrain.config.conditions import Bound
from pushtrain.decide import read_conditions
from pushtrain.workflow.definition import iterate_states

Conditions = Mapping[str, list[str]]  # path that says whether all conditions hold -> a line for each condition

SIGNS = {"GreaterThanEquals": "≥", "LessThanEquals": "≤", "GreaterThan": ">", "LessThan": "<", "Equals": "="}
_COMPARISON = re.compile(
    r"(?:Numeric|String|Boolean|Timestamp)(GreaterThanEquals|LessThanEquals|GreaterThan|LessThan|Equals)(Path)?"
)
_KEY = re.compile(r"\['((?:[^'\\]|\\.)*)'\]|\.([^.\[\]]+)")


def find_conditions(definition: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the conditions of each Task that invokes `decide`, by the path of its verdict: `$.verdict.passed`."""
    conditions_by_path: dict[str, list[str]] = {}
    for _, state in iterate_states(definition):
        payload = state.get("Parameters", {}).get("Payload") if state.get("Type") == "Task" else None
        if isinstance(payload, Mapping) and "conditions" in payload:
            lines = [
                f"{condition.label} {condition.kind.symbol} {_format_bound(condition.bound)}"
                for condition in read_conditions(payload)
            ]
            conditions_by_path[f"{state.get('ResultPath', '$')}.passed"] = lines
    return conditions_by_path


def _format_bound(bound: Bound) -> str:
    return json.dumps(bound) if isinstance(bound, float) else str(bound)


def describe_rule(rule: Mapping[str, Any], conditions: Conditions) -> list[str]:
    """Return a line for each condition of a rule: `accuracy ≥ 0.93`."""
    if "And" in rule:
        return [line for part in rule["And"] for line in describe_rule(part, conditions)]
    if "Or" in rule:
        return [" or ".join(" and ".join(describe_rule(part, conditions)) for part in rule["Or"])]
    if "Not" in rule:
        return [f"not: {' and '.join(describe_rule(rule['Not'], conditions))}"]
    path = str(rule.get("Variable", ""))
    if path in conditions and rule.get("BooleanEquals") is True:
        return conditions[path]
    return [
        _describe_comparison(_format_path(path), key, value)
        for key, value in rule.items()
        if key not in {"Variable", "Next"}
    ]


def _describe_comparison(variable: str, key: str, value: object) -> str:
    if match := _COMPARISON.fullmatch(key):
        bound = _format_path(str(value)) if match[2] else json.dumps(value, ensure_ascii=False)
        return f"{variable} {SIGNS[match[1]]} {bound}"
    verb = re.sub(r"(?<!^)([A-Z])", r" \1", key).lower()  # IsPresent -> is present
    return f"{variable} {verb}" if value is True else f"{variable} {verb}: {json.dumps(value, ensure_ascii=False)}"


def _format_path(path: str) -> str:
    """Return `a.b` for `$.a['b']`."""
    return ".".join(quoted.replace("\\'", "'") or plain for quoted, plain in _KEY.findall(path))
