"""`environments:` of config.yaml: partial mappings laid over the rest. Pure.

In: two plain trees. Out: a new one. Mappings merge, lists and values replace, null removes: where it is written out and
there is something to remove, for else it is a value forgotten or a key mistyped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pushtrain.config.issue import Issue, KeyPath
from pushtrain.config.yaml.mark import Mark


def merge(base: Mapping[str, Any], overlay: Mapping[str, Any], *, null_removes: bool = True) -> dict[str, Any]:
    """Return `overlay` laid over `base`. Mappings merge; lists and single values replace.

    A null in `overlay` removes the key; with `null_removes=False` it replaces the value like any other. Neither input
    is changed.
    """
    merged = dict(base)
    for key, value in overlay.items():
        below = base.get(key)
        if value is None and null_removes:
            merged.pop(key, None)
        elif isinstance(value, Mapping):
            merged[key] = merge(below if isinstance(below, Mapping) else {}, value, null_removes=null_removes)
        else:
            merged[key] = value
    return merged


def find_useless_nulls(
    base: Mapping[str, Any], overlay: Mapping[str, Any], mark: Mark, path: KeyPath = ()
) -> Iterator[Issue]:
    """The nulls of `overlay`, written at `mark`, that nobody means to remove something with."""
    for key, value in overlay.items():
        below, place = base.get(key), (*path, key)
        if isinstance(value, Mapping):
            yield from find_useless_nulls(below if isinstance(below, Mapping) else {}, value, mark.find((key,)), place)
        elif value is None and not mark.find((key,)).text:
            yield Issue(path=place, message="is empty. Give it a value, or write null to remove it here")
        elif value is None and key not in base:
            yield Issue(path=place, message="null removes nothing: the file has no such key above. Remove it")
