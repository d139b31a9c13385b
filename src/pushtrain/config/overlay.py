"""`environments:` of config.yaml: partial mappings that are laid over the rest of the file. Pure.

In: two plain trees, base and overlay. Out: the merged tree, and Issues for nulls that remove nothing.
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
    base: Mapping[str, Any],
    overlay: Mapping[str, Any],
    mark: Mark,
    path: KeyPath = (),
    *,
    section: str = "environments",
) -> Iterator[Issue]:
    """Yield an Issue for each null in `overlay` that is a mistake.

    These are keys without a value (`spot:`) and nulls for keys that `base` does not have. `mark` is the mark of
    `overlay`, `path` its place in the file, `section` the key of the file with the overlays.
    """
    for key, value in overlay.items():
        below, key_path = base.get(key), (*path, key)
        if isinstance(value, Mapping):
            base_below = below if isinstance(below, Mapping) else {}
            yield from find_useless_nulls(base_below, value, mark.find((key,)), key_path, section=section)
        elif value is None and not mark.find((key,)).text:
            subject = "in this environment" if section == "environments" else "for this candidate"
            message = f"is empty. Give it a value, or write null to remove it {subject}"
            yield Issue(path=key_path, message=message)
        elif value is None and key not in base:
            message = f"null removes nothing: the file has no such key outside `{section}:`. Remove this line"
            yield Issue(path=key_path, message=message)
