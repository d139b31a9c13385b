"""What an overlay of `environments:` changes in steps, compared with the rest of the file. Pure.

In: two plain trees, base and overlay. Out: Issues for steps that the base does not have, and for lists that became
mappings or the reverse.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pushtrain.catalog.suggest import did_you_mean
from pushtrain.config.issue import Issue, KeyPath, quote
from pushtrain.config.values.fields import STANDARD_STEPS, STEPS
from pushtrain.config.yaml.mark import Mark

_KEYS = ("inputs", "channels", "outputs", "arguments")  # of a step; each is a list or a mapping
_SHAPES: dict[type, str] = {list: "a list", dict: "a mapping"}

Tree = Mapping[str, Any]


def find_unknown_steps(base: Tree, overlay: Tree, path: KeyPath, *, section: str = "environments") -> Iterator[Issue]:
    """Yield an Issue for each step in `steps:` of `overlay` that `base` does not have: an overlay only changes steps.

    `path` is the place of `overlay` in the file, `section` the key of the file with the overlays.
    """
    base_steps, steps = _read_mapping(base, STEPS), _read_mapping(overlay, STEPS)
    for name, step in steps.items():
        if name in base_steps or name in STANDARD_STEPS or step is None:
            continue
        names = (*base_steps, *(step for step in STANDARD_STEPS if step in base))
        listed = f"there are: {', '.join(names)}" if names else "there are none"
        advice = did_you_mean(name, names) or ". Write the whole step there"
        message = f"there is no step {quote(name)} outside `{section}:`{advice} ({listed})"
        yield Issue(path=(*path, STEPS, name), message=message)


def find_changed_shapes(base: Tree, overlay: Tree, mark: Mark, path: KeyPath) -> Iterator[Issue]:
    """Yield an Issue for each list of a step that is a mapping in `overlay`, or the reverse: they cannot merge.

    `mark` is the mark of the whole file.
    """
    for keys, step in _list_steps(overlay):
        base_step = dict(_list_steps(base)).get(keys, {})
        for key in _KEYS:
            expected, shape = (_SHAPES.get(type(tree.get(key))) for tree in (base_step, step))
            if expected and shape and expected != shape:
                line = mark.find((*keys, key)).line
                message = f"is {shape} here and {expected} in line {line}, so they cannot merge. Write both as mappings"
                yield Issue(path=(*path, *keys, key), message=message)


def _list_steps(tree: Tree) -> Iterator[tuple[KeyPath, Tree]]:
    standard_steps = [((name,), tree.get(name)) for name in STANDARD_STEPS]
    own_steps = [((STEPS, name), step) for name, step in _read_mapping(tree, STEPS).items()]
    yield from ((keys, step) for keys, step in (*standard_steps, *own_steps) if isinstance(step, Mapping))


def _read_mapping(tree: Tree, key: str) -> Tree:
    value = tree.get(key)
    return value if isinstance(value, Mapping) else {}
