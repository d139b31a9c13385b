"""Marks: where each node of config.yaml is written. Pure; a tree of its own beside the tree of values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pushtrain.config.finding import Path


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """Where a node is written: its line (from 1), its text when it is an unquoted scalar, and its children's marks."""

    line: int
    text: str | None = None
    children: Mapping[str | int, Mark] = field(default_factory=dict)

    def at(self, path: Path) -> Mark:
        """The mark of `path`, or of its nearest ancestor that is written."""
        mark = self
        for part in path:
            if part not in mark.children:
                break
            mark = mark.children[part]
        return mark

    def writes(self, path: Path) -> bool:
        """Whether the value at `path` itself is written, not only something inside it."""
        return self.has(path) and not self.at(path).children

    def has(self, path: Path) -> bool:
        """Whether `path` itself is written."""
        mark = self
        for part in path:
            if part not in mark.children:
                return False
            mark = mark.children[part]
        return True
