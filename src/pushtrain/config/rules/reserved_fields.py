"""Fields of SageMaker requests that a raw `sagemaker:` block may not set: pushtrain or the platform sets them.

Each kind of job lists them in `catalog/job_kinds.py`: a path in the request, with text that says what to use instead.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def find_reserved_fields(raw: Mapping[str, Any], fields: Mapping[str, str]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield (path, what to use instead) for each of `fields` that the raw block sets: (("Tags",), "use `tags:`")."""
    for name, remedy in fields.items():
        path = tuple(name.split("."))
        if has_path(raw, path):
            yield path, remedy


def has_path(tree: object, path: tuple[str, ...]) -> bool:
    """Return True if `tree` has the key at the end of `path`, even if its value is null."""
    for key in path:
        if not isinstance(tree, Mapping) or key not in tree:
            return False
        tree = tree[key]
    return True
