"""The repr of a struct without members that are long, or that a log must not hold. Pure."""

from __future__ import annotations

from msgspec import Struct


def format_brief(value: Struct, *hidden: str) -> str:
    """Return the repr of `value` without the members `hidden`: `Job(step='train', name='j')`."""
    shown = (f"{name}={getattr(value, name)!r}" for name in value.__struct_fields__ if name not in hidden)
    return f"{type(value).__name__}({', '.join(shown)})"
