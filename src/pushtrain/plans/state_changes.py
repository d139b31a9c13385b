"""What a push changes in a definition, state by state. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Any

from msgspec import Struct

from pushtrain.workflow.definition import InnerScope, iterate_states, list_inner_scopes

WHOLE = "definition"  # stands for the state in the changes of what belongs to no state
MAX_LENGTH = 60  # characters of a value
MISSING = object()  # the value of a field that a state does not have
_SCOPES = {"States", "Branches", "ItemProcessor", "Iterator"}  # their states have changes of their own


class StateChange(Struct, frozen=True, kw_only=True):
    """One change of a state: `MaxRuntimeInSeconds 3600 → 2400`, `new`, `removed`."""

    state: str
    text: str


def list_state_changes(current: Mapping[str, Any], pushed: Mapping[str, Any]) -> list[StateChange]:
    """Return how `pushed` differs from `current`, in the order of its states; then the states that it removes."""
    before, after = _read_states(current), _read_states(pushed)
    texts = {name: _describe_state(before.get(name, MISSING), state) for name, state in after.items()}
    changes = [StateChange(state=name, text=text) for name in after for text in texts[name]]
    return changes + [StateChange(state=name, text="removed") for name in before if name not in after]


def _read_states(definition: Mapping[str, Any]) -> dict[str, Any]:
    states = {WHOLE: definition, **dict(iterate_states(definition))}
    return {name: _remove_scopes(state) for name, state in states.items()}


def _remove_scopes(state: Any) -> Any:
    """Return a state without its inner states; what it starts with stays."""
    if not isinstance(state, Mapping):
        return state
    starts = {scope.field: _read_start(scope) for scope in list_inner_scopes(state)}
    return {field: value for field, value in state.items() if field not in _SCOPES} | starts


def _read_start(scope: InnerScope) -> Any:
    return scope.scope.get("StartAt") if isinstance(scope.scope, Mapping) else scope.scope


def _describe_state(before: Any, after: Any) -> Iterator[str]:
    """Yield a text for each difference. If a state calls another operation, its request is not compared."""
    if before is MISSING:
        yield "new"
    elif _read_resource(before) != _read_resource(after):
        yield from _describe(_remove_request(before), _remove_request(after), "")
        yield "Parameters are those of the other operation"
    else:
        yield from _describe(before, after, "")


def _read_resource(state: Any) -> Any:
    return state.get("Resource") if isinstance(state, Mapping) else None


def _remove_request(state: Any) -> Any:
    is_state = isinstance(state, Mapping)
    return {field: value for field, value in state.items() if field != "Parameters"} if is_state else state


def _describe(before: Any, after: Any, field: str) -> Iterator[str]:
    """Yield a text for each difference, the deepest that there is. A new list or mapping is one difference."""
    inner = _list_inner(before, after, field)
    if inner is not None:
        for name, old, new in inner:
            yield from _describe(old, new, name)
    elif after is MISSING:
        yield f"{_shorten(field)} removed"
    elif before is MISSING:
        yield f"{_shorten(field)} added{'' if _has_members(after) else f': {_format(after)}'}"
    elif before != after or isinstance(before, bool) != isinstance(after, bool):  # in Python, 1 == True
        yield f"{_shorten(field)} {_format(before)} → {_format(after)}"


def _list_inner(before: Any, after: Any, field: str) -> list[tuple[str, Any, Any]] | None:
    """Return (field, old value, new value) of all members of two mappings or two lists; None if they are neither."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        names = (*after, *(name for name in before if name not in after))
        head = f"{field}." if field else ""
        return [(f"{head}{name}", before.get(name, MISSING), after.get(name, MISSING)) for name in names]
    if isinstance(before, list) and isinstance(after, list):
        pairs = enumerate(zip_longest(before, after, fillvalue=MISSING))
        return [(f"{field}[{index}]", old, new) for index, (old, new) in pairs]
    return None


def _has_members(value: Any) -> bool:
    return isinstance(value, Mapping | list) and bool(value)


def _shorten(field: str) -> str:
    """Return a field without what it shares with all others: the request of a job is in `Parameters`."""
    return field.removeprefix("Parameters.")


def _format(value: Any) -> str:
    text = value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= MAX_LENGTH else f"{text[: MAX_LENGTH - 1]}…"
