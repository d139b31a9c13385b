"""Single values of config.yaml that `pushtrain run --set` changes: the last overlay. Pure.

In: texts such as `train.hyperparameters.lr=0.1`, and the tree of config.yaml with the overlay of its environment.
Out: the tree with the values, and a Problem for each value that cannot be set.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from pushtrain.catalog.suggest import did_you_mean, find_closest
from pushtrain.config.environments import ENVIRONMENTS
from pushtrain.config.issue import Issue, KeyPath, format_key_path, is_inside, quote
from pushtrain.config.overlay import merge
from pushtrain.config.values.fields import STANDARD_STEPS, STEPS
from pushtrain.config.yaml.mark import Mark
from pushtrain.config.yaml.reader import read_document
from pushtrain.errors import ConfigError, Problem, UsageError

OPTION = "--set"  # the "file" of a Problem about a value that was set
VALUE = "value"
# Mappings with names of the user's own: a name that is not there is probably mistyped. Other keys are in the schema.
OWN_NAMES = frozenset(
    {"arguments", "channels", "data", "environment", "hyperparameters", "inputs", "metrics", "outputs", "tags"}
)
FIXED = frozenset({"model", "template", ENVIRONMENTS})  # another model or template is no experiment with this one
_PATH = re.compile(r"""(?:[^.'"\[\]=\s]+|'[^']*'|"[^"]*")(?:\.(?:[^.'"\[\]=\s]+|'[^']*'|"[^"]*"))*""")
_KEY = re.compile(r"""[^.'"]+|'[^']*'|"[^"]*\"""")

Settings = Mapping[str, Any]  # path -> value: {"train.hyperparameters.lr": 0.1}


class SetTree(Struct, frozen=True, kw_only=True):
    """config.yaml with the values that were set, and the marks of both. Set values have no line: theirs is 0."""

    tree: dict[str, Any]
    mark: Mark
    paths: tuple[KeyPath, ...]
    problems: tuple[Problem, ...]

    def to_problem(self, issue: Issue, file: str) -> Problem:
        """Return an issue as a Problem of `file`, or of the option if it is about a value that was set."""
        is_set = any(is_inside(issue.path, path) or is_inside(path, issue.path) for path in self.paths)
        line = self.mark.find(issue.path).line or None
        return issue.to_problem(None, OPTION) if is_set else issue.to_problem(line, file)


def parse_settings(texts: Iterable[str]) -> dict[str, Any]:
    """Return {"train.hyperparameters.lr": 0.1} for ["train.hyperparameters.lr=0.1"]. Values are YAML.

    A later text replaces an earlier one with the same path. Raises UsageError for a text that is not KEY=VALUE, and
    ConfigError for a value that is not YAML.
    """
    return dict(_parse_setting(text) for text in texts)


def _parse_setting(text: str) -> tuple[str, Any]:
    path, sign, value_text = text.partition("=")
    if not sign or not _PATH.fullmatch(path):
        raise UsageError(f"{OPTION} {quote(text)}: write KEY=VALUE, such as train.hyperparameters.lr=0.1")
    return path, _parse_value(path, value_text)


def _parse_value(path: str, text: str) -> Any:
    """Return a YAML value. Raises ConfigError if it is none, or if there is none."""
    try:
        document = read_document(f"{VALUE}: {text}".encode("utf-8", "surrogateescape"))
    except ConfigError as error:
        raise ConfigError([_build_problem(path, problem.message) for problem in error.problems]) from error
    if document.issues:
        raise ConfigError([_build_problem(path, issue.message) for issue in document.issues])
    if [*document.tree] != [VALUE] or (document.tree[VALUE] is None and not document.mark.find((VALUE,)).text):
        message = f"{quote(text)} is not one YAML value. Write one, or null to remove the key"
        raise ConfigError([_build_problem(path, message)])
    return document.tree[VALUE]


def apply_settings(tree: dict[str, Any], mark: Mark, settings: Settings) -> SetTree:
    """Return `tree` with the values of `settings`, and `mark`, the lines of `tree`, with marks for these values.

    A value that cannot be set, such as that of a step that does not exist, is left out and becomes a Problem.
    """
    problems: list[Problem] = []
    paths: list[KeyPath] = []
    for text, value in settings.items():
        path = tuple(key.strip("'\"") for key in _KEY.findall(text))
        if message := _explain_path(tree, path, value):
            problems.append(_build_problem(format_key_path(path), message))
            continue
        paths.append(path)
        tree = merge(tree, _nest(path, value))
        if value is not None:
            mark = _mark_path(mark, path, value)
    return SetTree(tree=tree, mark=mark, paths=tuple(paths), problems=tuple(problems))


def _explain_path(tree: Mapping[str, Any], path: KeyPath, value: object) -> str:
    """Return why a path cannot be set; empty if it can. Unknown keys of the schema are not known here."""
    if path[0] in FIXED:
        return f"cannot be set for one run. Change {path[0]} in config.yaml"
    steps = tree.get(STEPS, {})
    if path[0] == STEPS and len(path) > 1 and path[1] not in {*steps, *STANDARD_STEPS}:
        return f"there is no step {quote(str(path[1]))} in config.yaml{did_you_mean(str(path[1]), steps)}"
    node: Any = tree
    for index, key in enumerate(path):
        if not isinstance(node, Mapping):
            return f"{format_key_path(path[:index])} is no mapping, so it has no {quote(str(key))}. Set all of it"
        if key not in node:
            return _explain_missing(node, path[: index + 1], value)
        node = node[key]
    return ""


def _explain_missing(section: Mapping[str, Any], path: KeyPath, value: object) -> str:
    """Return what is wrong with a key that `section` does not have; empty if nothing is."""
    name, is_own_name = str(path[-1]), len(path) > 1 and path[-2] in OWN_NAMES
    closest = find_closest(name, map(str, section))
    if is_own_name and closest:
        return f"there is no {quote(name)} in config.yaml. Did you mean {closest!r}? If not, write it there"
    return "null removes nothing: config.yaml has no such key" if value is None else ""


def _nest(path: KeyPath, value: object) -> dict[str, Any]:
    """Return {"train": {"spot": True}} for ("train", "spot") and True."""
    key, *rest = path
    return {str(key): _nest(tuple(rest), value) if rest else value}


def _mark_path(mark: Mark, path: KeyPath, value: object) -> Mark:
    """Return the marks with one for each key of a value that was set. Its line is 0."""
    if not path:
        return Mark(line=0, children=dict(_mark_children(value)))
    key, *rest = path
    child = mark.children.get(key, Mark(line=0))
    return Mark(line=mark.line, text=mark.text, children={**mark.children, key: _mark_path(child, tuple(rest), value)})


def _mark_children(value: object) -> Iterator[tuple[str | int, Mark]]:
    items = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    yield from ((key, _mark_path(Mark(line=0), (), item)) for key, item in items)


def _build_problem(path: str, message: str) -> Problem:
    return Problem(message=message, key=path, file=OPTION)
