"""Build the tree of a YAML text from the events of PyYAML's parser. Pure.

In: text. Out: a Document. Building from events makes it possible to limit the depth and the number of values while
reading, so that a small file with many aliases cannot fill the memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml
from msgspec import Struct, field

from pushtrain.config.issue import Issue, quote
from pushtrain.config.yaml.mark import Mark
from pushtrain.config.yaml.scalars import parse_scalar
from pushtrain.config.yaml.syntax import LOADER
from pushtrain.visible import HIDDEN, SURROGATES

MAX_DEPTH = 20
MAX_NODES = 10_000

# Tab, newline and carriage return are part of YAML. What config.yaml names is printed, so nothing in it may hide.
CONTROL = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff{HIDDEN}{SURROGATES}]")
_TEXT_TAGS = frozenset({"!", "tag:yaml.org,2002:str"})


class Document(Struct, frozen=True, kw_only=True):
    """The content of a file: its tree, its marks, and the issues that did not stop the reader."""

    tree: dict[str, Any]
    mark: Mark
    issues: tuple[Issue, ...]


class _Node(Struct, frozen=True, kw_only=True):
    """A value, its line, and what a Mark needs. `size` counts the values in it, `height` its levels."""

    value: Any
    line: int
    text: str | None = None
    children: dict[str | int, Mark] = field(default_factory=dict)
    size: int = 1
    height: int = 1

    def build_mark(self, line: int) -> Mark:
        """Return the mark of this value. `line` is that of its key, if it has one."""
        return Mark(line=line, text=self.text, children=self.children)


class StopReading(Exception):
    """The file cannot be read further. `line` counts from 1; None means the whole file."""

    def __init__(self, message: str, line: int | None) -> None:
        self.message, self.line = message, line
        super().__init__(message)


def build_document(text: str, needs: str) -> Document:
    """Return the Document in `text`, whose mapping must have the keys that `needs` names.

    Raises StopReading if there is no mapping or too much content, and yaml.MarkedYAMLError if it is not YAML.
    """
    builder = _Builder(text)
    next(builder.events)
    if isinstance(next(builder.events), yaml.StreamEndEvent):
        raise StopReading(f"the file is empty. It needs at least {needs}", None)
    root = builder.read_node(next(builder.events), 1)
    next(builder.events)
    event = next(builder.events)
    if not isinstance(event, yaml.StreamEndEvent):
        raise StopReading("a second document begins here. The file must hold exactly one", _find_line(event))
    if root.value is None:
        raise StopReading(f"the file is empty. It needs at least {needs}", None)
    if not isinstance(root.value, dict):
        kind = "a list" if isinstance(root.value, list) else "a single value"
        raise StopReading(f"the file holds {kind}; expected keys and values such as `model: churn`", root.line)
    return Document(tree=root.value, mark=root.build_mark(root.line), issues=tuple(builder.issues))


def _find_line(event: Any) -> int:
    return int(event.start_mark.line) + 1


class _Builder:
    """Reads events one after another. `path` is where it is, `anchors` are the nodes that an alias can repeat."""

    def __init__(self, text: str) -> None:
        self.events: Iterator[Any] = yaml.parse(text, Loader=LOADER)
        self.anchors: dict[str, _Node] = {}
        self.issues: list[Issue] = []
        self.path: list[str | int] = []
        self.count = 0

    def add_issue(self, message: str, event: Any, *, unreadable: bool = False) -> None:
        line = _find_line(event)
        self.issues.append(Issue(path=tuple(self.path), message=message, line=line, unreadable=unreadable))

    def count_nodes(self, nodes: int, event: Any) -> None:
        self.count += nodes
        if self.count > MAX_NODES:
            raise StopReading(
                f"the file holds more than {MAX_NODES:,} values (aliases count each time)", _find_line(event)
            )

    def read_node(self, event: Any, depth: int) -> _Node:
        if depth > MAX_DEPTH:
            raise StopReading(f"values are nested more than {MAX_DEPTH} levels deep", _find_line(event))
        if isinstance(event, yaml.ScalarEvent):
            self.count_nodes(1, event)
            node = self.read_scalar(event)
        elif isinstance(event, yaml.AliasEvent):
            return self.read_alias(event, depth)
        else:
            self.count_nodes(1, event)
            if event.tag is not None and event.tag != "!":
                self.refuse_tag(event)
            is_mapping = isinstance(event, yaml.MappingStartEvent)
            node = (self.read_mapping if is_mapping else self.read_sequence)(event, depth)
        if event.anchor:
            self.anchors[event.anchor] = node
        return node

    def read_alias(self, event: Any, depth: int) -> _Node:
        node = self.anchors.get(event.anchor)
        if node is None:
            raise StopReading(f"the alias *{event.anchor} needs an anchor &{event.anchor} above it", _find_line(event))
        if depth + node.height - 1 > MAX_DEPTH:
            raise StopReading(f"values are nested more than {MAX_DEPTH} levels deep", _find_line(event))
        self.count_nodes(node.size, event)
        return node

    def refuse_tag(self, event: Any) -> None:
        tag = event.tag.replace("tag:yaml.org,2002:", "!!")[:60]
        self.add_issue(
            f"the tag {tag} is not read. Remove it: text, numbers, true, false, lists and mappings need no tag",
            event,
            unreadable=True,
        )

    def read_scalar(self, event: Any) -> _Node:
        value: Any = event.value
        plain = event.implicit[0] and not event.style
        if event.tag is not None and event.tag not in _TEXT_TAGS:
            self.refuse_tag(event)
        elif plain and event.tag is None:
            try:
                value = parse_scalar(value)
            except ValueError as error:
                self.add_issue(str(error), event, unreadable=True)
        elif control := CONTROL.search(value):
            message = f"the text holds the control character U+{ord(control[0]):04X}. Remove it"
            self.add_issue(message, event, unreadable=True)
        return _Node(value=value, line=_find_line(event), text=event.value if plain else None)

    def read_sequence(self, event: Any, depth: int) -> _Node:
        values: list[Any] = []
        marks: dict[str | int, Mark] = {}
        size, height = 1, 0
        while not isinstance(entry_event := next(self.events), yaml.SequenceEndEvent):
            self.path.append(len(values))
            node = self.read_node(entry_event, depth + 1)
            self.path.pop()
            marks[len(values)] = node.build_mark(_find_line(entry_event))
            values.append(node.value)
            size, height = size + node.size, max(height, node.height)
        return _Node(value=values, line=_find_line(event), children=marks, size=size, height=height + 1)

    def read_mapping(self, event: Any, depth: int) -> _Node:
        entries: dict[str | int, tuple[Any, Mark]] = {}
        merged: list[_Node] = []
        size, height = 1, 0
        while not isinstance(key_event := next(self.events), yaml.MappingEndEvent):
            key = self.read_key(key_event, depth)
            self.path.append("?" if key is None else key)
            node = self.read_node(next(self.events), depth + 1)
            size, height = size + node.size, max(height, node.height)
            if key == "<<" and not key_event.style:
                merged.append(node)
            elif key in entries:
                self.add_issue(f"{quote(key)} is given twice (first on line {entries[key][1].line})", key_event)
            elif key is not None:
                entries[key] = (node.value, node.build_mark(_find_line(key_event)))
            self.path.pop()
        for node in merged:
            self.merge_keys(node, entries, event)
        value = {key: entry[0] for key, entry in entries.items()}
        marks = {key: entry[1] for key, entry in entries.items()}
        return _Node(value=value, line=_find_line(event), children=marks, size=size, height=height + 1)

    def read_key(self, event: Any, depth: int) -> str | None:
        """Return the text of a key. If the key is not text, add an issue and return None."""
        self.path.append(event.value if isinstance(event, yaml.ScalarEvent) else "?")
        node = self.read_node(event, depth + 1)
        self.path.pop()
        if isinstance(node.value, str):
            return node.value
        key_text = f"{event.value} " if isinstance(event, yaml.ScalarEvent) and event.value else ""
        self.add_issue(f"the key {key_text}is not text. Quote it", event)
        return None

    def merge_keys(self, node: _Node, entries: dict[str | int, tuple[Any, Mark]], event: Any) -> None:
        """Merge `<<: *name`: add the keys that the mapping itself does not have. Earlier merges win."""
        pairs = (
            zip(node.value, (mark.children for mark in node.children.values()), strict=True)
            if isinstance(node.value, list)
            else [(node.value, node.children)]
        )
        for value, marks in pairs:
            if not isinstance(value, dict):
                self.add_issue("<< needs a mapping or a list of mappings", event)
                return
            for key, inner in value.items():
                entries.setdefault(key, (inner, marks[key]))
