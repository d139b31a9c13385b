"""Turn the plain tree of config.yaml into a Config with its candidates, or find all its issues. Pure.

In: the tree and marks of config.yaml, or of one of its environments. Out: an Examination. An overlay, of an environment
or of a candidate, is examined as a whole file. Wrong values are removed and the remaining tree is checked again, so
that the user sees every issue at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from pydantic import ValidationError

from pushtrain.catalog.suggest import find_closest
from pushtrain.config.candidate_overlays import read_candidates
from pushtrain.config.candidates import CANDIDATES, build_candidates, find_candidate_issues
from pushtrain.config.conditions import CONDITION_KINDS
from pushtrain.config.defaults import DEFAULTS, apply_defaults
from pushtrain.config.issue import Issue, KeyPath, is_inside
from pushtrain.config.model import Config, Defaults
from pushtrain.config.overlay import merge
from pushtrain.config.pruning import STAND_INS, prune
from pushtrain.config.rules.apply import find_rule_issues, find_warnings
from pushtrain.config.rules.champion import check_champion_name
from pushtrain.config.validation_errors import (
    MAX_PROBLEMS,
    explain_errors,
    explain_missing,
    is_consequence,
    list_keys,
    remove_tags,
)
from pushtrain.config.yaml.mark import Mark

_RAW = "sagemaker"  # checked against the API model, nulls included
_BOUND_DEPTH = len(("register", "when", 0, "metric"))
_ARGUMENTS = "arguments"
_TRAIN = "train"  # required unless there are `steps:`
_ROUNDS = 4  # removing a value can make the section around it invalid, and so on


Examine = Callable[[dict[str, Any], Mark, Sequence[KeyPath]], "Examination"]


class Examination(Struct, frozen=True, kw_only=True):
    """`config` is None if there are issues, and only then. Without a config there are no warnings."""

    config: Config | None
    issues: tuple[Issue, ...]
    warnings: tuple[Issue, ...]


def examine_file(tree: dict[str, Any], mark: Mark, unreadable: Iterable[KeyPath] = ()) -> Examination:
    """Check `tree` with each of its candidates. Nothing is reported inside the `unreadable` paths."""
    unreadable = tuple(unreadable)
    plain = {key: value for key, value in tree.items() if key != CANDIDATES}
    base = examine_tree(plain, mark, unreadable)
    if CANDIDATES not in tree or (CANDIDATES,) in unreadable:
        return _refuse(base, _find_useless_choice(base.config)) if CANDIDATES not in tree else base
    overlays, overlay_issues = read_candidates(tree[CANDIDATES], plain, mark)
    issues = [*base.issues, *overlay_issues]
    examinations: dict[str, Examination] = {}
    for name, overlay in overlays.items():
        if len(issues) > MAX_PROBLEMS:
            break
        path = (CANDIDATES, name)
        examinations[name] = examine_overlay(path, merge(plain, overlay), mark, base, unreadable, examine_tree)
        issues += examinations[name].issues
    if base.config and base.config.choose is None:
        message = "is required, because there are candidates. Write `choose: {maximize: METRIC}`, or minimize"
        issues.append(Issue(path=("choose",), message=message))
    if issues or base.config is None:
        return Examination(config=None, issues=tuple(issues), warnings=())
    return _add_candidates(base.config, examinations)


def examine_overlay(
    path: KeyPath, tree: dict[str, Any], mark: Mark, base: Examination, unreadable: Sequence[KeyPath], examine: Examine
) -> Examination:
    """Examine the merged `tree` of the overlay at `path`. Issues that `base` already has are left out.

    Paths in the result begin with `path`, so that they lead to the overlay that the user must change.
    """
    overlay_mark = mark.find(path)
    overlay_unreadable = [inner[len(path) :] for inner in unreadable if is_inside(inner, path)]
    examination = examine(tree, merge_marks(mark, overlay_mark), [*unreadable, *overlay_unreadable])
    base_issues = {(issue.path, issue.message) for issue in base.issues}
    new_issues = [
        issue
        for issue in examination.issues
        if overlay_mark.is_leaf(issue.path) or (issue.path, issue.message) not in base_issues
    ]
    return Examination(
        config=examination.config,
        issues=tuple(replace(issue, path=(*path, *issue.path)) for issue in new_issues),
        warnings=tuple(
            replace(warning, path=(*path, *warning.path)) if overlay_mark.has(warning.path) else warning
            for warning in examination.warnings
        ),
    )


def merge_marks(base: Mark, overlay: Mark) -> Mark:
    """Return the marks of the merged tree: those of `overlay` where it has the key, else those of `base`."""
    children = dict(base.children)
    for key, mark in overlay.children.items():
        children[key] = merge_marks(children[key], mark) if key in children and mark.children else mark
    return replace(overlay, children=children)


def examine_tree(tree: dict[str, Any], mark: Mark, unreadable: Iterable[KeyPath] = ()) -> Examination:
    """Check `tree` and return its Config, or all its issues. Nothing is reported inside the `unreadable` paths."""
    unreadable = tuple(unreadable)
    issues = [
        Issue(path=path, message=_explain_empty(path, required=_is_required(path, tree)))
        for path in _find_empty(tree)
        if not _is_flag(path, mark) and not _is_inside_any(path, unreadable)
    ]
    missing = [Issue(path=(_TRAIN,), message=explain_missing(_TRAIN))] if _lacks_train(tree) else []
    unusable = [*unreadable, *(issue.path for issue in (*issues, *missing))]
    remaining, removed = prune(tree, unusable) if unusable else (tree, set[KeyPath]())
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


def _add_candidates(base: Config, examinations: dict[str, Examination]) -> Examination:
    configs = {name: examination.config for name, examination in examinations.items() if examination.config}
    candidates = build_candidates(configs)
    if issues := tuple(find_candidate_issues(candidates)):
        return Examination(config=None, issues=issues, warnings=())
    warnings = dict.fromkeys(warning for examination in examinations.values() for warning in examination.warnings)
    config = base.model_copy(update={CANDIDATES: candidates})
    return _refuse(Examination(config=config, issues=(), warnings=tuple(warnings)), check_champion_name(config))


def _find_useless_choice(config: Config | None) -> Iterator[Issue]:
    if config and config.choose:
        message = "there are no `candidates:` to choose from. Write them, or remove this key"
        yield Issue(path=("choose",), message=message)


def _refuse(examination: Examination, issues: Iterable[Issue]) -> Examination:
    """Return the examination with more issues. With an issue, it has no config."""
    added = tuple(issues)
    return Examination(config=None, issues=(*examination.issues, *added), warnings=()) if added else examination


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
    _, errors = _validate({**STAND_INS, DEFAULTS: tree[DEFAULTS]}, mark)
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
            tree, more_removed = prune(tree, causes)
            removed |= more_removed
    return None, removed


def _find_empty(tree: Any, path: KeyPath = ()) -> Iterator[KeyPath]:
    """Yield the paths of keys and list entries without a value. YAML reads them as null; the user forgot something."""
    for key, value in tree.items() if isinstance(tree, dict) else enumerate(tree):
        if value is None:
            yield (*path, key)
        elif isinstance(value, dict | list) and key != _RAW:
            yield from _find_empty(value, (*path, key))


def _is_flag(path: KeyPath, mark: Mark) -> bool:
    """Return True for an argument that is written as null: the script gets its name without a value."""
    return path[-2:-1] == (_ARGUMENTS,) and bool(mark.find(path).text)


def _explain_empty(path: KeyPath, *, required: bool) -> str:
    if ":" in str(path[-1]):  # YAML reads {trees:200} as a key "trees:200" without a value
        return "is empty. Put a space after the colon"
    if path[-2:-1] == (_ARGUMENTS,):
        return "is empty. Give it a value, or write null to pass it without one"
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
