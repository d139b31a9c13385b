"""Values that are known only at run time, as text that the SDKs carry along unread. Pure.

The SDKs' Placeholders cannot stand in lists, cannot be intrinsics, and break what reads them as text (addresses,
tags). An Expression is text, so it goes wherever a string goes; the completed steps write its key as `K.$`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pushtrain.workflow.states import escape


class Expression(str):
    """A path (`$.jobs.train.name`) or an intrinsic (`States.Format(...)`), to be evaluated by Step Functions."""

    __slots__ = ()


def mark_expressions(request: Any) -> Any:
    """A request as Step Functions takes it: `K: Expression` becomes `K.$`; None, which the SDKs leave behind, goes."""
    if isinstance(request, Mapping):
        return dict(_member(key, value) for key, value in request.items() if value is not None)
    if isinstance(request, list | tuple):
        return [mark_expressions(item) for item in request]
    return request


def wrap_expressions(request: Any) -> Any:
    """The other way: `K.$` of pushtrain's own requests becomes `K: Expression`, for the SDKs' arguments."""
    if isinstance(request, Mapping):
        return {
            key.removesuffix(".$"): Expression(value) if key.endswith(".$") else wrap_expressions(value)
            for key, value in request.items()
        }
    return [wrap_expressions(item) for item in request] if isinstance(request, list | tuple) else request


def _member(key: str, value: Any) -> tuple[str, Any]:
    if isinstance(value, Expression):
        return f"{key}.$", str(value)
    if isinstance(value, list | tuple) and any(isinstance(item, Expression) for item in value):
        return f"{key}.$", f"States.Array({', '.join(_item(item) for item in value)})"
    return key, mark_expressions(value)


def _item(value: str) -> str:
    return value if isinstance(value, Expression) else f"'{escape(value)}'"
