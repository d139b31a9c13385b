"""Retry and Catch of a state: error names, waiting times, result paths. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pushtrain.catalog import asl
from pushtrain.catalog.suggest import did_you_mean
from pushtrain.workflow.checks.fields import find_result_path_problems, is_whole_number

_FIELDS = {
    "Retry": (
        *("ErrorEquals", "IntervalSeconds", "MaxAttempts", "BackoffRate", "MaxDelaySeconds", "JitterStrategy"),
        "Comment",
    ),
    "Catch": ("ErrorEquals", "Next", "ResultPath", "Assign", "Comment"),
}

_MINIMUMS = {"IntervalSeconds": 1, "MaxAttempts": 0, "MaxDelaySeconds": 1}


def find_handler_problems(state: Mapping[str, Any], field: str) -> Iterator[str]:
    """Yield the problems of `field`, which is Retry or Catch."""
    handlers = state.get(field, [])
    if not isinstance(handlers, list | tuple) or not all(isinstance(handler, Mapping) for handler in handlers):
        yield f"{field} must be a list of mappings"
        return
    for index, handler in enumerate(handlers):
        label = f"{field}[{index}]"
        for key in sorted(handler.keys() - _FIELDS[field], key=str):
            yield f"{label} has no field {key!r}{did_you_mean(str(key), _FIELDS[field])}"
        is_last = index == len(handlers) - 1
        yield from (f"{label}: {text}" for text in _find_error_name_problems(handler.get("ErrorEquals"), is_last))
        if field == "Retry":
            yield from (f"{label}: {text}" for text in _find_backoff_problems(handler))
        elif handler.get("ResultPath") is not None:
            yield from (f"{label}: {text}" for text in find_result_path_problems(handler["ResultPath"]))


def _find_error_name_problems(names: object, is_last: bool) -> Iterator[str]:
    if not isinstance(names, list | tuple) or not names or not all(isinstance(name, str) for name in names):
        yield f"ErrorEquals must be a list of error names, not {names!r}"
        return
    for name in names:
        if name.startswith("States.") and name not in asl.ERRORS:
            yield f"there is no error {name}{did_you_mean(name, asl.ERRORS)}"
    if "States.ALL" in names and (len(names) > 1 or not is_last):
        yield "States.ALL must stand alone and last"


def _find_backoff_problems(retry: Mapping[str, Any]) -> Iterator[str]:
    for field, minimum in _MINIMUMS.items():
        if field in retry and not is_whole_number(retry[field], minimum):
            yield f"{field} must be a whole number, {minimum} or more, not {retry[field]!r}"
    rate = retry.get("BackoffRate", 1)
    if isinstance(rate, bool) or not isinstance(rate, int | float) or rate < 1:
        yield f"BackoffRate must be a number, 1.0 or more, not {rate!r}"
    if retry.get("JitterStrategy", "NONE") not in ("FULL", "NONE"):
        yield f"JitterStrategy must be FULL or NONE, not {retry['JitterStrategy']!r}"
