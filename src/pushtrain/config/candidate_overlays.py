"""Read `candidates:` of config.yaml: the overlays by name, and the mistakes in them before they are merged. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pushtrain.config.candidates import CANDIDATES
from pushtrain.config.issue import Issue, KeyPath, is_inside, quote
from pushtrain.config.overlay import find_useless_nulls
from pushtrain.config.overlay_steps import find_changed_shapes, find_unknown_steps
from pushtrain.config.validation_errors import describe_value
from pushtrain.config.values.fields import STANDARD_STEPS, STEP, STEPS
from pushtrain.config.yaml.mark import Mark

MAX_CANDIDATES = 10
OWN_KEYS = frozenset({"defaults", *STANDARD_STEPS, STEPS, "register"})  # what a candidate may change
OWN_REGISTER_KEYS = frozenset({"inference"})

Overlays = dict[str, dict[str, Any]]  # {"boost": {"train": {"script": "boost.py"}}}


def read_candidates(written: object, tree: Mapping[str, Any], mark: Mark) -> tuple[Overlays, list[Issue]]:
    """Return the overlays of `written`, the value of `candidates:`, and the issues of those that cannot be merged.

    `tree` is the rest of the file, `mark` the mark of the whole file.
    """
    if not isinstance(written, dict) or not written:
        description = describe_value(written, mark, (CANDIDATES,)) if written else "none"
        message = f"expected a mapping of names to what differs, such as `base: {{}}`, found {description}"
        return {}, [Issue(path=(CANDIDATES,), message=message)]
    if len(written) > MAX_CANDIDATES:
        message = f"{len(written)} candidates are too many. Write at most {MAX_CANDIDATES}"
        return {}, [Issue(path=(CANDIDATES,), message=message)]
    overlays: Overlays = {}
    issues: list[Issue] = []
    for name, overlay in written.items():
        path = (CANDIDATES, name)
        if message := _explain_overlay(str(name), overlay, describe_value(overlay, mark, path)):
            issues.append(Issue(path=path, message=message))
            continue
        found_issues = list(_find_issues(overlay, tree, mark, path))
        issues += found_issues
        overlays[name] = _drop(overlay, [issue.path[2:] for issue in found_issues])
    return overlays, issues


def _explain_overlay(name: str, overlay: object, description: str) -> str:
    """Return what is wrong with the overlay or its name; empty if nothing is."""
    if not STEP.fullmatch(name):
        return (
            f"{quote(name)} is not a candidate's name. Use small Latin letters, digits and hyphens, a letter first, at "
            "most 20"
        )
    if not isinstance(overlay, dict):
        return f"expected a mapping with the keys that differ, or {{}} for the file as it is, found {description}"
    return ""


def _find_issues(overlay: Mapping[str, Any], tree: Mapping[str, Any], mark: Mark, path: KeyPath) -> Iterator[Issue]:
    registration = overlay.get("register")
    register_keys = registration if isinstance(registration, Mapping) else {}
    fixed: list[KeyPath] = [(key,) for key in overlay if key not in OWN_KEYS and key in _list_fixed_keys()]
    fixed += [("register", key) for key in register_keys if key not in OWN_REGISTER_KEYS]
    for keys in fixed:
        yield Issue(path=(*path, *keys), message="is the same for every candidate. Remove it here")
    remaining = _drop(dict(overlay), fixed)
    yield from find_useless_nulls(tree, remaining, mark.find(path), path, section=CANDIDATES)
    yield from find_changed_shapes(tree, remaining, mark, path)
    yield from find_unknown_steps(tree, remaining, path, section=CANDIDATES)


def _list_fixed_keys() -> set[str]:
    from pushtrain.config.model import Config  # noqa: PLC0415 - no cycle: the model does not read overlays
    from pushtrain.config.validation_errors import list_keys  # noqa: PLC0415

    return {*list_keys(Config), "environments"} - OWN_KEYS


def _drop(overlay: dict[str, Any], paths: list[KeyPath]) -> dict[str, Any]:
    """Return `overlay` without the values at `paths`, so that each is one issue."""
    if not paths:
        return overlay
    return {
        key: _drop(value, [path[1:] for path in paths if is_inside(path, (key,))]) if isinstance(value, dict) else value
        for key, value in overlay.items()
        if (key,) not in paths
    }
