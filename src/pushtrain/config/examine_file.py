"""Turn the tree of config.yaml into a Config with its candidates, or find all its issues. Pure.

In: the tree and marks of config.yaml, or of one of its environments. Out: an Examination. An overlay, of an environment
or of a candidate, is examined as a whole file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from pushtrain.config.candidate_overlays import read_candidates
from pushtrain.config.candidates import CANDIDATES, build_candidates, find_candidate_issues
from pushtrain.config.examine import Examination, examine_tree
from pushtrain.config.issue import Issue, KeyPath, is_inside
from pushtrain.config.model import Config
from pushtrain.config.overlay import merge
from pushtrain.config.validation_errors import MAX_PROBLEMS
from pushtrain.config.yaml.mark import Mark

Examine = Callable[[dict[str, Any], Mark, Sequence[KeyPath]], Examination]


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


def _add_candidates(base: Config, examinations: dict[str, Examination]) -> Examination:
    configs = {name: examination.config for name, examination in examinations.items() if examination.config}
    candidates = build_candidates(configs)
    if issues := tuple(find_candidate_issues(candidates)):
        return Examination(config=None, issues=issues, warnings=())
    warnings = dict.fromkeys(warning for examination in examinations.values() for warning in examination.warnings)
    config = base.model_copy(update={CANDIDATES: candidates})
    return Examination(config=config, issues=(), warnings=tuple(warnings))


def _find_useless_choice(config: Config | None) -> Iterator[Issue]:
    if config and config.choose:
        message = "there are no `candidates:` to choose from. Write them, or remove this key"
        yield Issue(path=("choose",), message=message)


def _refuse(examination: Examination, issues: Iterable[Issue]) -> Examination:
    """Return the examination with more issues. With an issue, it has no config."""
    added = tuple(issues)
    return Examination(config=None, issues=(*examination.issues, *added), warnings=()) if added else examination
