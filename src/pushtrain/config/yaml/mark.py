"""Marks: where each node of config.yaml is written. Pure; a tree of its own beside the tree of values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pushtrain.config.issue import KeyPath


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """Where a node is written: its line (from 1), its text when it is an unquoted scalar, and its children's marks."""

    line: int
    text: str | None = None
    children: Mapping[str | int, Mark] = field(default_factory=dict)

    def find(self, path: KeyPath) -> Mark:
        """The mark of `path`, or of its nearest ancestor that is written."""
        mark = self
        for part in path:
            if part not in mark.children:
                break
            mark = mark.children[part]
        return mark

    def is_leaf(self, path: KeyPath) -> bool:
        """Whether the value at `path` itself is written, not only something inside it."""
        return self.has(path) and not self.find(path).children

    def has(self, path: KeyPath) -> bool:
        """Whether `path` itself is written."""
        mark = self
        for part in path:
            if part not in mark.children:
                return False
            mark = mark.children[part]
        return True
