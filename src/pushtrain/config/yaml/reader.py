"""config.yaml as bytes to a plain tree that remembers its lines. Pure; safe against hostile files.

In: bytes. Out: a Document: dicts with text keys, lists and scalars, and beside them a tree of Marks.
It builds no Python objects from tags and knows nothing of what the keys mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from pushtrain.config.issue import Issue, quote
from pushtrain.config.yaml.mark import Mark
from pushtrain.config.yaml.scalars import parse_scalar
from pushtrain.config.yaml.syntax import LOADER, YamlMistake, explain_yaml_error
from pushtrain.errors import ConfigError, Problem

MAX_BYTES = 256 * 1024
MAX_DEPTH = 20
MAX_NODES = 10_000

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff\ud800-\udfff]")
_BOMS = {b"\xff\xfe\x00\x00": "UTF-32", b"\x00\x00\xfe\xff": "UTF-32", b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}
_TEXT_TAGS = frozenset({"!", "tag:yaml.org,2002:str"})


@dataclass(frozen=True, kw_only=True)
class Document:
    """A file that could be read: its tree, its marks, and issues that did not stop the reading."""

    tree: dict[str, Any]
    mark: Mark
    issues: tuple[Issue, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Node:
    value: Any
    mark: Mark
    size: int = 1
    height: int = 1


class _Stop(Exception):
    """The rest of the file cannot be read."""


def read_document(data: bytes, *, file: str = "config.yaml", needs: str = "`model:` and `train:`") -> Document:
    """The one mapping in `data`, which `needs` some keys. Raises ConfigError when there is no mapping to look at."""
    try:
        text = _decode(data)
        return _Builder(text, needs).document()
    except _Stop as stop:
        message, line = stop.args
        raise ConfigError([Problem(message=message, line=line, file=file)]) from None
    except yaml.MarkedYAMLError as error:
        raise ConfigError([_syntax(error, text, file)]) from None


def find_yaml_mistake(text: str) -> YamlMistake | None:
    """Where `text` is no YAML, and why; None where it is, and where its size or depth ended the reading."""
    try:
        _Builder(text, "").document()
    except yaml.MarkedYAMLError as error:
        return explain_yaml_error(error, text)
    except (_Stop, yaml.YAMLError):
        pass  # there is no mistake of syntax to point at
    return None


def _decode(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise _Stop(
            f"the file is {len(data):,} bytes; at most {MAX_BYTES:,} are read. Data belongs in files of its own", None
        )
    for bom, name in _BOMS.items():
        if data.startswith(bom):
            raise _Stop(f"the file is {name}. Save it as UTF-8", 1)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _Stop(f"byte 0x{data[error.start]:02x} is not UTF-8. Save the file as UTF-8", line) from None
    if bad := _CONTROL.search(text):
        line = text.count("\n", 0, bad.start()) + 1
        raise _Stop(f"the file holds the control character U+{ord(bad[0]):04X}. Remove it", line)
    return text


def _syntax(error: yaml.MarkedYAMLError, text: str, file: str) -> Problem:
    found = explain_yaml_error(error, text)
    if found is None:
        return Problem(message=f"this is not valid YAML: {error.problem}", file=file)
    return Problem(message=found.message, line=found.line, file=file)


class _Builder:
    """Builds the tree from the parser's events, so that size and depth are bounded before anything is kept."""

    def __init__(self, text: str, needs: str) -> None:
        self.needs = needs
        self.events: Iterator[Any] = yaml.parse(text, Loader=LOADER)
        self.anchors: dict[str, _Node] = {}
        self.issues: list[Issue] = []
        self.path: list[str | int] = []
        self.count = 0

    def document(self) -> Document:
        next(self.events)
        if isinstance(next(self.events), yaml.StreamEndEvent):
            raise _Stop(f"the file is empty. It needs at least {self.needs}", None)
        event = next(self.events)
        root = self.node(event, 1)
        next(self.events)
        if not isinstance(after := next(self.events), yaml.StreamEndEvent):
            raise _Stop("a second document begins here; the file holds exactly one", after.start_mark.line + 1)
        if root.value is None:
            raise _Stop(f"the file is empty. It needs at least {self.needs}", None)
        if not isinstance(root.value, dict):
            found = "a list" if isinstance(root.value, list) else "a single value"
            raise _Stop(f"the file holds {found}; expected keys and values such as `model: churn`", root.mark.line)
        return Document(tree=root.value, mark=root.mark, issues=tuple(self.issues))

    def note(self, message: str, event: Any, *, unreadable: bool = False) -> None:
        line = event.start_mark.line + 1
        self.issues.append(Issue(path=tuple(self.path), message=message, line=line, unreadable=unreadable))

    def grow(self, nodes: int, event: Any) -> None:
        self.count += nodes
        if self.count > MAX_NODES:
            raise _Stop(
                f"the file holds more than {MAX_NODES:,} values (aliases count each time)", event.start_mark.line + 1
            )

    def node(self, event: Any, depth: int) -> _Node:
        if depth > MAX_DEPTH:
            raise _Stop(f"values are nested more than {MAX_DEPTH} deep", event.start_mark.line + 1)
        if isinstance(event, yaml.AliasEvent):
            return self.alias(event, depth)
        self.grow(1, event)
        if isinstance(event, yaml.ScalarEvent):
            node = self.scalar(event)
        else:
            if event.tag is not None and event.tag != "!":
                self.refuse_tag(event)
            node = (self.mapping if isinstance(event, yaml.MappingStartEvent) else self.sequence)(event, depth)
        if event.anchor:
            self.anchors[event.anchor] = node
        return node

    def alias(self, event: Any, depth: int) -> _Node:
        node = self.anchors.get(event.anchor)
        if node is None:
            raise _Stop(f"*{event.anchor} refers to no &{event.anchor} above it", event.start_mark.line + 1)
        if depth + node.height - 1 > MAX_DEPTH:
            raise _Stop(f"values are nested more than {MAX_DEPTH} deep", event.start_mark.line + 1)
        self.grow(node.size, event)
        return node

    def refuse_tag(self, event: Any) -> None:
        tag = event.tag.replace("tag:yaml.org,2002:", "!!")[:60]
        self.note(
            f"the tag {tag} is not read: only text, numbers, true, false, lists and mappings are. Remove it",
            event,
            unreadable=True,
        )

    def scalar(self, event: Any) -> _Node:
        value: Any = event.value
        plain = event.implicit[0] and not event.style
        if event.tag is not None and event.tag not in _TEXT_TAGS:
            self.refuse_tag(event)
        elif plain and event.tag is None:
            try:
                value = parse_scalar(value)
            except ValueError as error:
                self.note(str(error), event, unreadable=True)
        elif bad := _CONTROL.search(value):
            self.note(f"the text holds the control character U+{ord(bad[0]):04X}. Remove it", event, unreadable=True)
        return _Node(value=value, mark=Mark(line=event.start_mark.line + 1, text=event.value if plain else None))

    def sequence(self, event: Any, depth: int) -> _Node:
        values: list[Any] = []
        marks: dict[str | int, Mark] = {}
        size, height = 1, 0
        while not isinstance(item := next(self.events), yaml.SequenceEndEvent):
            self.path.append(len(values))
            node = self.node(item, depth + 1)
            self.path.pop()
            marks[len(values)] = Mark(line=item.start_mark.line + 1, text=node.mark.text, children=node.mark.children)
            values.append(node.value)
            size, height = size + node.size, max(height, node.height)
        mark = Mark(line=event.start_mark.line + 1, children=marks)
        return _Node(value=values, mark=mark, size=size, height=height + 1)

    def mapping(self, event: Any, depth: int) -> _Node:
        entries: dict[str | int, tuple[Any, Mark]] = {}
        merged: list[_Node] = []
        size, height = 1, 0
        while not isinstance(key_event := next(self.events), yaml.MappingEndEvent):
            key = self.key(key_event, depth)
            self.path.append("?" if key is None else key)
            node = self.node(next(self.events), depth + 1)
            size, height = size + node.size, max(height, node.height)
            if key == "<<" and not key_event.style:
                merged.append(node)
            elif key in entries:
                self.note(f"{quote(key)} is given twice (first on line {entries[key][1].line})", key_event)
            elif key is not None:
                mark = Mark(line=key_event.start_mark.line + 1, text=node.mark.text, children=node.mark.children)
                entries[key] = (node.value, mark)
            self.path.pop()
        for node in merged:
            self.merge(node, entries, event)
        value = {key: entry[0] for key, entry in entries.items()}
        mark = Mark(line=event.start_mark.line + 1, children={key: entry[1] for key, entry in entries.items()})
        return _Node(value=value, mark=mark, size=size, height=height + 1)

    def key(self, event: Any, depth: int) -> str | None:
        """The text of a key; None, and a issue, where the key is anything else."""
        self.path.append(event.value if isinstance(event, yaml.ScalarEvent) else "?")
        node = self.node(event, depth + 1)
        self.path.pop()
        if isinstance(node.value, str):
            return node.value
        shown = f"{event.value} " if isinstance(event, yaml.ScalarEvent) and event.value else ""
        self.note(f"the key {shown}is not text. Quote it", event)
        return None

    def merge(self, node: _Node, entries: dict[str | int, tuple[Any, Mark]], event: Any) -> None:
        """`<<: *name` adds the keys that the mapping itself does not have; earlier ones win."""
        pairs = (
            zip(node.value, node.mark.children.values(), strict=True)
            if isinstance(node.value, list)
            else [(node.value, node.mark)]
        )
        for value, mark in pairs:
            if not isinstance(value, dict):
                self.note("<< takes a mapping or a list of mappings", event)
                return
            for key, inner in value.items():
                entries.setdefault(key, (inner, mark.children[key]))
