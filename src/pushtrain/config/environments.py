"""Read `environments:` of config.yaml: the overlays by name, and the mistakes in them before they are merged. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from pushtrain.catalog.suggest import find_closest
from pushtrain.config.issue import Issue, KeyPath, quote
from pushtrain.config.overlay import find_useless_nulls
from pushtrain.config.overlay_steps import find_changed_shapes, find_unknown_steps
from pushtrain.config.validation_errors import describe_value
from pushtrain.config.values.fields import NAME, STEPS
from pushtrain.config.yaml.mark import Mark
from pushtrain.config.yaml.tree import Document

MAX_ENVIRONMENTS = 20
ENVIRONMENTS = "environments"
WHEN = ("register", "when")

Overlays = dict[str, dict[str, Any]]  # {"prod": {"train": {"instances": 2}}}


def read_overlays(document: Document, tree: dict[str, Any], unreadable: list[KeyPath]) -> tuple[Overlays, list[Issue]]:
    """Return the overlays of `document`, and the issues of those that cannot be laid over `tree`."""
    environments = document.tree.get(ENVIRONMENTS, {})
    if not isinstance(environments, dict):
        description = describe_value(environments, document.mark, (ENVIRONMENTS,))
        message = f"expected a mapping of names to overlays, found {description}"
        return {}, [Issue(path=(ENVIRONMENTS,), message=message)]
    overlays: Overlays = {}
    issues: list[Issue] = []
    for name, overlay in environments.items():
        path = (ENVIRONMENTS, name)
        if message := _explain_overlay(name, overlay, describe_value(overlay, document.mark, path)):
            issues.append(Issue(path=path, message=message))
        elif path not in unreadable:
            overlays[name] = {key: value for key, value in overlay.items() if key != "model"}
            issues += find_useless_nulls(tree, overlays[name], document.mark.find(path), path)
            issues += find_changed_shapes(tree, overlays[name], document.mark, path)
            unknown_steps = list(find_unknown_steps(tree, overlays[name], path))
            issues += unknown_steps
            overlays[name] = _drop_steps(overlays[name], {issue.path[-1] for issue in unknown_steps})
            if "model" in overlay:
                message = "is the same in every environment. Remove it here"
                issues.append(Issue(path=(*path, "model"), message=message))
    if len(overlays) > MAX_ENVIRONMENTS:
        message = f"{len(overlays)} environments are too many. Write at most {MAX_ENVIRONMENTS}"
        return {}, [*issues, Issue(path=(ENVIRONMENTS,), message=message)]
    return overlays, issues


def _explain_overlay(name: str, overlay: object, description: str) -> str:
    """Return what is wrong with the overlay or its name; empty if nothing is."""
    if not NAME.fullmatch(name):
        return f"{quote(name)} is not an environment name. Use letters, digits and inner hyphens, at most 63"
    if not isinstance(overlay, dict):
        return f"expected a mapping with the keys that differ, found {description}"
    return ""


def _drop_steps(overlay: dict[str, Any], names: Collection[object]) -> dict[str, Any]:
    """Return `overlay` without these own steps, so that each is one issue."""
    if not names:
        return overlay
    return {**overlay, STEPS: {name: step for name, step in overlay[STEPS].items() if name not in names}}


def find_similar_environment(environment: str, overlays: Mapping[str, object]) -> list[Issue]:
    """Return an Issue if the file has no overlay `environment`, but one with a similar name.

    A misspelt name must not start a run with the settings of the base.
    """
    if not environment or environment in overlays:
        return []
    prefixes = (name for name in overlays if name.startswith(environment) or environment.startswith(name))
    near = next(prefixes, None) or find_closest(environment, overlays)
    message = (
        f"there is no environment {quote(environment)}. Did you mean {near!r}? "
        f"If not, write `{environment}: {{}}` beside it"
    )
    return [Issue(path=(ENVIRONMENTS,), message=message)] if near else []


def warn_missing_environment(environment: str, overlays: Mapping[str, object]) -> list[Issue]:
    """Return a warning if the file has overlays, but none for `environment`."""
    if not environment or not overlays or environment in overlays:
        return []
    message = f"there is no environment {quote(environment)} (there are: {', '.join(overlays)}), so no overlay applies"
    return [Issue(path=(ENVIRONMENTS,), message=message)]


def warn_dropped_conditions(
    environment: str, tree: Mapping[str, Any], overlays: Mapping[str, Mapping[str, Any]], mark: Mark
) -> list[Issue]:
    """Return a warning for each condition of the gate that `environment` loses, because its list replaces the other.

    A condition with another bound for the same metric is no loss. `mark` is the mark of the whole file.
    """
    conditions = _read_conditions(overlays.get(environment, {}))
    if conditions is None:
        return []
    metrics = {
        (condition.get("metric"), condition.get("by")) for condition in conditions if isinstance(condition, dict)
    }
    base_conditions = enumerate(_read_conditions(tree) or ())
    return [
        Issue(
            path=(ENVIRONMENTS, environment, *WHEN),
            message=f"replaces the whole gate, so the condition on {quote(condition['metric'])} in line "
            f"{mark.find((*WHEN, index)).line} does not apply in this environment. Repeat it here to keep it",
        )
        for index, condition in base_conditions
        if (condition["metric"], condition.get("by")) not in metrics
    ]


def _read_conditions(tree: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    """Return the list `register.when` of a valid tree; None if there is none."""
    registration = tree.get("register")
    conditions = registration.get("when") if isinstance(registration, dict) else None
    return conditions if isinstance(conditions, list) else None
