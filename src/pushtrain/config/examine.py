"""One plain tree to a Config and everything there is to say about it. Pure.

In: the tree and marks of config.yaml, or of one of its environments. Out: Examination.
Where values are wrong, the rest is still looked at without them, so that a file is mended in one go.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from pydantic import ValidationError

from pushtrain.config.issue import Issue, KeyPath, is_inside
from pushtrain.config.model import BOUNDS, Config
from pushtrain.config.rules import apply as rules
from pushtrain.config.validation_errors import explain_errors, explain_unknown_key, is_consequence
from pushtrain.config.yaml.mark import Mark

_RAW = "sagemaker"  # checked against the API model, nulls included
_STAND_INS: dict[str, Any] = {"model": "model", "train": {}}
_BOUND_DEPTH = len(("register", "when", 0, "at_least"))
_PYTHON_NAME = "registration"  # the models take it for `register`, config.yaml does not
_ROUNDS = 4  # taking out a wrong value can leave a hole that takes out the section around it, and so on


@dataclass(frozen=True, kw_only=True)
class Examination:
    """`config` is None exactly where there are issues."""

    config: Config | None
    issues: tuple[Issue, ...]
    warnings: tuple[Issue, ...]


def examine_tree(tree: dict[str, Any], mark: Mark, unreadable: Iterable[KeyPath] = ()) -> Examination:
    """Everything wrong and surprising in `tree`; nothing is said about what lies inside a `unreadable` path."""
    unreadable = tuple(unreadable)
    empty = (path for path in _empty(tree) if not _in_any(path, unreadable))
    found = [Issue(path=path, message=_forgotten(path, required=_needed(path, tree))) for path in empty]
    if tree.get(_PYTHON_NAME) is not None:
        found.append(Issue(path=(_PYTHON_NAME,), message=explain_unknown_key((_PYTHON_NAME,))))
    unusable = [*unreadable, *(issue.path for issue in found)]
    whole, bad = _prune(tree, unusable) if unusable else (tree, set[KeyPath]())
    config, wrong = _validate(whole, mark)
    found += [issue for issue in wrong if not _in_any(issue.path, bad)]
    if config is None:
        config, removed = _rest(whole)
        bad |= removed
    found += rules.find_rule_issues(config, bad) if config else []
    if found or config is None:
        return Examination(config=None, issues=tuple(found), warnings=())
    return Examination(config=config, issues=(), warnings=tuple(rules.find_warnings(config)))


def _validate(tree: dict[str, Any], mark: Mark) -> tuple[Config | None, list[Issue]]:
    try:
        return Config.model_validate(tree), []
    except ValidationError as error:
        return None, list(explain_errors(error, mark))


def _rest(tree: dict[str, Any]) -> tuple[Config | None, set[KeyPath]]:
    """What is left of `tree` without its wrong values, and the paths that were left out."""
    removed: set[KeyPath] = set()
    for _ in range(_ROUNDS):
        try:
            return Config.model_validate(tree), removed
        except ValidationError as error:
            details = error.errors(include_url=False)
            tree, more = _prune(tree, (one["loc"] for one in details if not is_consequence(one, details)))
            removed |= more
    return None, removed


def _prune(tree: dict[str, Any], paths: Iterable[KeyPath]) -> tuple[dict[str, Any], set[KeyPath]]:
    """A copy of `tree` without `paths`. A list goes as a whole; where a required key is missing, its section goes."""
    copy = _copy(tree)
    removed: set[KeyPath] = set()
    for path in paths:
        keys = tuple(part for part in takewhile(_is_text, path) if isinstance(part, str))
        removed.add(_remove(copy, keys) if keys else ())  # () where the whole file is not what it says
    return copy, removed


def _is_text(part: object) -> bool:
    return isinstance(part, str)


def _remove(tree: dict[str, Any], keys: tuple[str, ...]) -> tuple[str, ...]:
    parents = [tree]
    for key in keys[:-1]:
        below = parents[-1].get(key)
        if not isinstance(below, dict):
            break
        parents.append(below)
    depth = len(parents)
    if depth < len(keys) or keys[-1] not in parents[-1]:
        depth = max(1, depth - 1) if len(keys) > 1 else 1
    path = keys[:depth]
    parents[depth - 1].pop(path[-1], None)
    if path[-1] in _STAND_INS and depth == 1:
        tree[path[-1]] = _STAND_INS[path[-1]]
    return path


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(inner) for key, inner in value.items()}
    return [_copy(inner) for inner in value] if isinstance(value, list) else value


def _empty(tree: Any, path: KeyPath = ()) -> Iterator[KeyPath]:
    """Paths of keys and entries without a value, which YAML reads as null: never what somebody meant."""
    for key, value in tree.items() if isinstance(tree, dict) else enumerate(tree):
        if value is None:
            yield (*path, key)
        elif isinstance(value, dict | list) and key != _RAW:
            yield from _empty(value, (*path, key))


def _forgotten(path: KeyPath, *, required: bool) -> str:
    glued = ":" in str(path[-1])  # {trees:200} is a key of that name to YAML
    if glued:
        return "is empty. Put a space after the colon"
    return "is empty. Give it a value" if required else "is empty. Give it a value or remove it"


def _needed(path: KeyPath, tree: Any) -> bool:
    """Whether the file would be wrong without the key: one without a default, or the only bound of a condition."""
    if path in {("model",), ("train",)}:
        return True
    if path[:2] != ("register", "when") or len(path) != _BOUND_DEPTH:
        return False
    bounds = set(BOUNDS)
    alone = path[-1] in bounds and len(bounds & tree["register"]["when"][path[2]].keys()) == 1
    return alone or path[-1] == "metric"


def _in_any(path: KeyPath, outer: Iterable[KeyPath]) -> bool:
    return any(is_inside(path, one) for one in outer)
