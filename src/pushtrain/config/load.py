"""config.yaml as bytes to a Config. Pure: no disk, network, clock or environment variables.

In: the bytes of the file and the name of an environment. Out: a LoadedConfig, or ConfigError with every problem of
the file in line order, the environments that were not asked for included.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pushtrain.catalog.suggest import find_closest
from pushtrain.config.examine import Examination, examine_tree
from pushtrain.config.issue import Issue, KeyPath, format_key_path, is_inside, quote
from pushtrain.config.model import Config
from pushtrain.config.overlay import find_useless_nulls, merge
from pushtrain.config.validation_errors import MAX_PROBLEMS, describe_value
from pushtrain.config.values.fields import NAME
from pushtrain.config.yaml.mark import Mark
from pushtrain.config.yaml.reader import Document, read_document
from pushtrain.errors import ConfigError, Problem

MAX_ENVIRONMENTS = 20
ENVIRONMENTS = "environments"


@dataclass(frozen=True, kw_only=True)
class LoadedConfig:
    """A sound config, what is surprising about it, and where its keys are written."""

    config: Config
    warnings: tuple[Problem, ...] = ()
    lines: Mapping[str, int]

    def find_line(self, key: str) -> int | None:
        """Line of `key`, such as `train.script`; None where the file leaves it to its default."""
        return self.lines.get(key)


def load_config(data: bytes, *, environment: str = "", file: str = "config.yaml") -> LoadedConfig:
    """The Config in `data`, with the overlay of `environment` where the file has one of that name.

    The base and every overlay are looked at each time, so that a push never breaks the environment after it.
    Raises ConfigError with all problems of the file (the first 100 where there are more).
    """
    document = read_document(data, file=file)
    tree = {key: value for key, value in document.tree.items() if key != ENVIRONMENTS}
    unreadable = [issue.path for issue in document.issues if issue.unreadable]
    base = examine_tree(tree, document.mark, unreadable)
    overlays, faults = _overlays(document, tree, unreadable)
    found = [*document.issues, *base.issues, *faults, *_mistaken(environment, overlays)]
    examined = {}
    for name, overlay in overlays.items():
        if len(found) > MAX_PROBLEMS:  # enough to mend; a hostile file must not be looked at twenty times over
            break
        examined[name] = _examine_overlay(name, merge(tree, overlay), document.mark, base, unreadable)
        found += examined[name].issues
    if found:
        raise ConfigError(_in_order(found, document.mark, file))
    chosen = examined.get(environment, base)
    surprises = [*chosen.warnings, *_no_such(environment, overlays)]
    marks = _laid_over(
        document.mark, document.mark.find((ENVIRONMENTS, environment)) if environment in overlays else None
    )
    return LoadedConfig(
        config=_sound(chosen), warnings=_in_order(surprises, document.mark, file), lines=dict(_lines(marks, ()))
    )


def _sound(examined: Examination) -> Config:
    if examined.config is None:
        raise AssertionError("a file without problems has a config")
    return examined.config


def _overlays(
    document: Document, tree: dict[str, Any], unreadable: list[KeyPath]
) -> tuple[dict[str, dict[str, Any]], list[Issue]]:
    """The overlays by name, and what is wrong with them before they are laid over anything."""
    written = document.tree.get(ENVIRONMENTS, {})
    if not isinstance(written, dict):
        what = describe_value(written, document.mark, (ENVIRONMENTS,))
        return {}, [Issue(path=(ENVIRONMENTS,), message=f"expected a mapping of names to overlays, found {what}")]
    overlays, faults = {}, []
    for name, overlay in written.items():
        path = (ENVIRONMENTS, name)
        if fault := _overlay_fault(name, overlay, describe_value(overlay, document.mark, path)):
            faults.append(Issue(path=path, message=fault))
        elif path not in unreadable:
            overlays[name] = {key: value for key, value in overlay.items() if key != "model"}
            faults += find_useless_nulls(tree, overlays[name], document.mark.find(path), path)
            if "model" in overlay:
                faults.append(Issue(path=(*path, "model"), message="is one in every environment. Remove it here"))
    if len(overlays) > MAX_ENVIRONMENTS:
        message = f"{len(overlays)} environments; at most {MAX_ENVIRONMENTS} are read"
        return {}, [*faults, Issue(path=(ENVIRONMENTS,), message=message)]
    return overlays, faults


def _overlay_fault(name: str, overlay: object, what: str) -> str:
    if not NAME.fullmatch(name):
        return f"{quote(name)} is not an environment's name: letters, digits and inner hyphens, at most 63"
    if not isinstance(overlay, dict):
        return f"expected a mapping with the keys that differ, found {what}"
    return ""


def _examine_overlay(
    name: str, tree: dict[str, Any], mark: Mark, base: Examination, unreadable: list[KeyPath]
) -> Examination:
    """What the overlay adds to the issues of `base`, at the place in the overlay that is to be changed."""
    own = mark.find((ENVIRONMENTS, name))
    inner = [path[2:] for path in unreadable if is_inside(path, (ENVIRONMENTS, name))]
    result = examine_tree(tree, _laid_over(mark, own), [*unreadable, *inner])
    known = {(issue.path, issue.message) for issue in base.issues}
    new = [one for one in result.issues if own.is_leaf(one.path) or (one.path, one.message) not in known]
    return Examination(
        config=result.config,
        issues=tuple(replace(one, path=(ENVIRONMENTS, name, *one.path)) for one in new),
        warnings=tuple(
            replace(one, path=(ENVIRONMENTS, name, *one.path)) if own.has(one.path) else one for one in result.warnings
        ),
    )


def _laid_over(base: Mark, overlay: Mark | None) -> Mark:
    """Where the keys of the merged tree are written."""
    if overlay is None:
        return base
    children = dict(base.children)
    for key, mark in overlay.children.items():
        children[key] = _laid_over(children[key], mark) if key in children and mark.children else mark
    return replace(overlay, children=children)


def _mistaken(environment: str, overlays: Mapping[str, object]) -> list[Issue]:
    """An environment that is all but named: prod must not be trained with what was meant for elsewhere."""
    if not environment or environment in overlays:
        return []
    begun = (name for name in overlays if name.startswith(environment) or environment.startswith(name))
    near = next(begun, None) or find_closest(environment, overlays)
    asked = quote(environment)
    message = (
        f"there is none named {asked}, but {near!r}. Is it the same? If not, write `{environment}: {{}}` beside it"
    )
    return [Issue(path=(ENVIRONMENTS,), message=message)] if near else []


def _no_such(environment: str, overlays: Mapping[str, object]) -> list[Issue]:
    """A platform without an overlay is fine, but worth a word."""
    if not environment or not overlays or environment in overlays:
        return []
    names = ", ".join(overlays)
    message = f"there is none named {quote(environment)} (there are: {names}), so the file applies as it stands"
    return [Issue(path=(ENVIRONMENTS,), message=message)]


def _lines(mark: Mark, path: KeyPath) -> Iterator[tuple[str, int]]:
    for key, child in mark.children.items():
        yield format_key_path((*path, key)), child.line
        yield from _lines(child, (*path, key))


def _in_order(issues: Iterable[Issue], mark: Mark, file: str) -> tuple[Problem, ...]:
    problems = [issue.to_problem(mark.find(issue.path).line, file) for issue in issues]
    ordered = sorted(dict.fromkeys(problems), key=lambda problem: problem.line or 0)
    if len(ordered) > MAX_PROBLEMS:
        rest = Problem(message=f"and more problems; the first {MAX_PROBLEMS} are listed", file=file)
        return (*ordered[:MAX_PROBLEMS], rest)
    return tuple(ordered)
