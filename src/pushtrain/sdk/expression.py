"""Values that exist only at run time, as text that the SDKs pass on unchanged. Pure.

The SDKs' own Placeholders cannot stand in lists, cannot be intrinsics, and fail if the SDKs expect text (URIs,
tags). An Expression is text, so it can stand for any string. The steps of this room write its key as `K.$`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pushtrain.workflow.states import escape


class Expression(str):
    """A path (`$.jobs.train.name`) or an intrinsic (`States.Format(...)`). Step Functions evaluates it at run time."""

    __slots__ = ()


def mark_expressions(request: Any) -> Any:
    """Return a request for Step Functions: `K: Expression` becomes `K.$`, and members that are None are left out."""
    if isinstance(request, Mapping):
        return dict(_mark_member(key, value) for key, value in request.items() if value is not None)
    if isinstance(request, list | tuple):
        return [mark_expressions(element) for element in request]
    return request


def wrap_expressions(request: Any) -> Any:
    """Return a request of pushtrain for the SDKs' arguments: `K.$` becomes `K: Expression`."""
    if isinstance(request, Mapping):
        return {
            key.removesuffix(".$"): Expression(value) if key.endswith(".$") else wrap_expressions(value)
            for key, value in request.items()
        }
    return [wrap_expressions(element) for element in request] if isinstance(request, list | tuple) else request


def _mark_member(key: str, value: Any) -> tuple[str, Any]:
    if isinstance(value, Expression):
        return f"{key}.$", str(value)
    if isinstance(value, list | tuple) and any(isinstance(element, Expression) for element in value):
        return f"{key}.$", f"States.Array({', '.join(_write_element(element) for element in value)})"
    return key, mark_expressions(value)


def _write_element(value: str) -> str:
    return value if isinstance(value, Expression) else f"'{escape(value)}'"
