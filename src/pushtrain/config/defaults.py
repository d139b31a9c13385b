"""`defaults:` of config.yaml: what steps have that do not set the key themselves. Pure.

In: the plain tree of a file, or of one of its environments. Out: the tree with complete steps. An environment changes
`defaults:` like any other key, before they are applied.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from pushtrain.catalog.job_kinds import TRANSFORM
from pushtrain.config.issue import KeyPath
from pushtrain.config.overlay import merge
from pushtrain.config.values.fields import STANDARD_STEPS, STEPS

DEFAULTS = "defaults"
_IMAGE_KEYS = {"framework", "image"}  # a step has one of them
_NOT_OF_TRANSFORM = {*_IMAGE_KEYS, "volume", "reads", "environment"}  # its container is that of `register.inference`


def apply_defaults(tree: dict[str, Any], wrong_keys: Collection[object] = ()) -> tuple[dict[str, Any], set[KeyPath]]:
    """Return `tree` with the defaults in each step, and the paths of values that steps lack because they are wrong.

    Mappings merge; what a step sets wins. `wrong_keys` are keys of the defaults that no step gets.
    """
    defaults = tree.get(DEFAULTS)
    defaults = defaults if isinstance(defaults, dict) else {}
    right = {key: value for key, value in defaults.items() if key not in wrong_keys}
    complete = dict(tree)
    lacking: set[KeyPath] = set()
    for path, step in _list_steps(tree):
        lacking |= {(*path, key) for key in wrong_keys if isinstance(key, str)}
        section = complete
        for name in path[:-1]:
            section[name] = section = dict(section[name])
        section[path[-1]] = _fill(step, right)
    return complete, lacking


def _list_steps(tree: dict[str, Any]) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    own_steps = tree.get(STEPS)
    sections: list[tuple[tuple[str, ...], Any]] = [((name,), tree.get(name)) for name in STANDARD_STEPS]
    if isinstance(own_steps, dict):
        sections += [((STEPS, name), step) for name, step in own_steps.items()]
    yield from ((path, step) for path, step in sections if isinstance(step, dict))


def _fill(step: dict[str, Any], defaults: dict[str, Any]) -> dict[str, Any]:
    unused = _IMAGE_KEYS if step.keys() & _IMAGE_KEYS else set[str]()
    unused = _NOT_OF_TRANSFORM if step.get("kind") == TRANSFORM.name else unused
    return merge({key: value for key, value in defaults.items() if key not in unused}, step, null_removes=False)
