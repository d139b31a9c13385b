"""Marks: the line of each value of config.yaml. Pure. The marks are a tree beside the tree of values."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from pushtrain.config.issue import KeyPath


class Mark(Struct, frozen=True, kw_only=True):
    """The line of a value (from 1), the marks of its children, and its text if it is an unquoted scalar."""

    line: int
    text: str | None = None
    children: Mapping[str | int, Mark] = field(default_factory=dict)

    def find(self, path: KeyPath) -> Mark:
        """Return the mark of `path`, or of the nearest section around it that the file has."""
        mark = self
        for part in path:
            if part not in mark.children:
                break
            mark = mark.children[part]
        return mark

    def is_leaf(self, path: KeyPath) -> bool:
        """Return True if the file has `path` and no keys inside it."""
        return self.has(path) and not self.find(path).children

    def has(self, path: KeyPath) -> bool:
        """Return True if the file has the key at `path`."""
        mark = self
        for part in path:
            if part not in mark.children:
                return False
            mark = mark.children[part]
        return True
