"""Turn one plain tree into a Config, or find all its issues. Pure.

In: the tree and marks of config.yaml, or of one of its environments. Out: an Examination. Wrong values are removed and
the remaining tree is checked again, so that the user sees every issue at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from pydantic import ValidationError

from pushtrain.catalog.suggest import find_closest
from pushtrain.config.conditions import CONDITION_KINDS
from pushtrain.config.defaults import DEFAULTS, apply_defaults
from pushtrain.config.issue import Issue, KeyPath, is_inside
from pushtrain.config.model import Config, Defaults
from pushtrain.config.rules.apply import find_rule_issues, find_warnings
from pushtrain.config.validation_errors import (
    explain_errors,
    explain_missing,
    is_consequence,
    list_keys,
    remove_tags,
)
from pushtrain.config.yaml.mark import Mark

_RAW = "sagemaker"  # checked against the API model, nulls included
_STAND_INS: dict[str, Any] = {"model": "model", "train": {}}  # replace required sections that were removed
_BOUND_DEPTH = len(("register", "when", 0, "metric"))
_TRAIN = "train"  # required unless there are `steps:`
_ROUNDS = 4  # removing a value can make the section around it invalid, and so on


@dataclass(frozen=True, kw_only=True)
class Examination:
    """`config` is None if there are issues, and only then. Without a config there are no warnings."""

    config: Config | None
    issues: tuple[Issue, ...]
    warnings: tuple[Issue, ...]


def examine_tree(tree: dict[str, Any], mark: Mark, unreadable: Iterable[KeyPath] = ()) -> Examination:
    """Check `tree` and return its Config, or all its issues. Nothing is reported inside the `unreadable` paths."""
    unreadable = tuple(unreadable)
    issues = [
        Issue(path=path, message=_explain_empty(path, required=_is_required(path, tree)))
        for path in _find_empty(tree)
        if not _is_inside_any(path, unreadable)
    ]
    missing = [Issue(path=(_TRAIN,), message=explain_missing(_TRAIN))] if _lacks_train(tree) else []
    unusable = [*unreadable, *(issue.path for issue in (*issues, *missing))]
    remaining, removed = _prune(tree, unusable) if unusable else (tree, set[KeyPath]())
    remaining, lacking = apply_defaults(remaining, _find_wrong_defaults(remaining, mark))
    removed |= lacking
    config, errors = _validate(remaining, mark)
    issues += [issue for issue in errors if not _is_inside_any(issue.path, removed)] + missing
    if config is None:
        config, more_removed = _validate_pruned(remaining)
        removed |= more_removed
    issues += find_rule_issues(config, removed) if config else []
    if issues or config is None:
        return Examination(config=None, issues=tuple(issues), warnings=())
    return Examination(config=config, issues=(), warnings=tuple(find_warnings(config)))


def _lacks_train(tree: dict[str, Any]) -> bool:
    """Return True if the file has neither `train` nor `steps`, nor an unknown key that is a typo of them."""
    if _TRAIN in tree or tree.get("steps"):
        return False
    unknown = (str(key) for key in tree.keys() - set(list_keys(Config)))
    return not any(find_closest(key, (_TRAIN, "steps")) for key in unknown)


def _find_wrong_defaults(tree: dict[str, Any], mark: Mark) -> set[str | int]:
    """Return the keys of `defaults:` that have an issue. No step gets them, so that each is one issue."""
    if DEFAULTS not in tree:
        return set()
    _, errors = _validate({**_STAND_INS, DEFAULTS: tree[DEFAULTS]}, mark)
    if any(len(issue.path) == 1 for issue in errors):  # it is no mapping
        return set(Defaults.model_fields)
    return {issue.path[1] for issue in errors}


def _validate(tree: dict[str, Any], mark: Mark) -> tuple[Config | None, list[Issue]]:
    try:
        return Config.model_validate(tree), []
    except ValidationError as error:
        return None, list(explain_errors(error, mark))


def _validate_pruned(tree: dict[str, Any]) -> tuple[Config | None, set[KeyPath]]:
    """Remove wrong values until the tree is valid. Return its Config and the removed paths.

    The Config is None if the tree is still wrong after the last round.
    """
    removed: set[KeyPath] = set()
    for _ in range(_ROUNDS):
        try:
            return Config.model_validate(tree), removed
        except ValidationError as error:
            details = error.errors(include_url=False)
            causes = (remove_tags(detail["loc"]) for detail in details if not is_consequence(detail, details))
            tree, more_removed = _prune(tree, causes)
            removed |= more_removed
    return None, removed


def _prune(tree: dict[str, Any], paths: Iterable[KeyPath]) -> tuple[dict[str, Any], set[KeyPath]]:
    """Return a copy of `tree` without `paths`, and the paths that were removed.

    If a path leads into a list, the whole list is removed. If a required key is missing, its section is removed.
    """
    copy = _copy(tree)
    removed: set[KeyPath] = set()
    for path in paths:
        keys = tuple(part for part in takewhile(_is_text, path) if isinstance(part, str))
        removed.add(_remove(copy, keys) if keys else ())  # () if the error is about the whole file
    return copy, removed


def _is_text(part: object) -> bool:
    return isinstance(part, str)


def _remove(tree: dict[str, Any], keys: tuple[str, ...]) -> tuple[str, ...]:
    """Remove the value at `keys` from `tree`, or the section around it. Return the path that was removed."""
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


def _find_empty(tree: Any, path: KeyPath = ()) -> Iterator[KeyPath]:
    """Yield the paths of keys and list entries without a value. YAML reads them as null; the user forgot something."""
    for key, value in tree.items() if isinstance(tree, dict) else enumerate(tree):
        if value is None:
            yield (*path, key)
        elif isinstance(value, dict | list) and key != _RAW:
            yield from _find_empty(value, (*path, key))


def _explain_empty(path: KeyPath, *, required: bool) -> str:
    if ":" in str(path[-1]):  # YAML reads {trees:200} as a key "trees:200" without a value
        return "is empty. Put a space after the colon"
    return "is empty. Give it a value" if required else "is empty. Give it a value or remove it"


def _is_required(path: KeyPath, tree: Any) -> bool:
    """Return True if the file needs this key: it has no default, or it is the only bound of a condition."""
    if path in {("model",), (_TRAIN,)}:
        return path != (_TRAIN,) or not tree.get("steps")
    if path[:2] != ("register", "when") or len(path) != _BOUND_DEPTH:
        return False
    kinds = {kind.key for kind in CONDITION_KINDS}
    is_only_bound = path[-1] in kinds and len(kinds & tree["register"]["when"][path[2]].keys()) == 1
    return is_only_bound or path[-1] == "metric"


def _is_inside_any(path: KeyPath, outer_paths: Iterable[KeyPath]) -> bool:
    return any(is_inside(path, outer) for outer in outer_paths)
