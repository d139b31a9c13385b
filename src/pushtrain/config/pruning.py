"""Remove wrong values from the tree of config.yaml, so that the rest can still be checked. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import takewhile
from typing import Any

from pushtrain.config.issue import KeyPath

STAND_INS: dict[str, Any] = {"model": "model", "train": {}}  # replace required sections that were removed


def prune(tree: dict[str, Any], paths: Iterable[KeyPath]) -> tuple[dict[str, Any], set[KeyPath]]:
    """Return a copy of `tree` without `paths`, and the paths that were removed.

    If a path leads into a list, the whole list is removed. If a required key is missing, its section is removed.
    """
    copy = _copy(tree)
    removed: set[KeyPath] = set()
    for path in paths:
        keys = tuple(part for part in takewhile(_is_text, path) if isinstance(part, str))
        removed.add(_remove(copy, keys) if keys else ())  # () if the error is about the whole file
    return copy, removed


def _is_text(part: object) -> bool:
    return isinstance(part, str)


def _remove(tree: dict[str, Any], keys: tuple[str, ...]) -> tuple[str, ...]:
    """Remove the value at `keys` from `tree`, or the section around it. Return the path that was removed."""
    parents = [tree]
    for key in keys[:-1]:
        below = parents[-1].get(key)
        if not isinstance(below, dict):
            break
        parents.append(below)
    depth = len(parents)
    if depth < len(keys) or keys[-1] not in parents[-1]:
        depth = max(1, depth - 1) if len(keys) > 1 else 1
    path = keys[:depth]
    parents[depth - 1].pop(path[-1], None)
    if path[-1] in STAND_INS and depth == 1:
        tree[path[-1]] = STAND_INS[path[-1]]
    return path


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(inner) for key, inner in value.items()}
    return [_copy(inner) for inner in value] if isinstance(value, list) else value
