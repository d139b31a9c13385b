"""`environments:` of config.yaml: partial mappings laid over the rest. Pure.

In: two plain trees. Out: a new one. Mappings merge, lists and values replace, null removes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def merge(base: Mapping[str, Any], overlay: Mapping[str, Any]) -> dict[str, Any]:
    """`overlay` laid over `base`; neither is changed, and nothing of theirs that is a mapping is shared."""
    merged = dict(base)
    for key, value in overlay.items():
        below = base.get(key)
        if value is None:
            merged.pop(key, None)
        elif isinstance(value, Mapping):
            merged[key] = merge(below if isinstance(below, Mapping) else {}, value)
        else:
            merged[key] = value
    return merged
