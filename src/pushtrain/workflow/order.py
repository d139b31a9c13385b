"""The order of steps as nested series and parallel groups. Pure.

In: for each step the steps that it waits for. Out: a tree. Step Functions runs a graph only as chains and Parallel
states, so a graph that is not series-parallel waits a little more than it must: `find_extra_waits` says where.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct


class Series(Struct, frozen=True):
    """Groups that run one after the other."""

    groups: tuple[Group, ...]


class Branches(Struct, frozen=True):
    """Groups that run at the same time."""

    groups: tuple[Group, ...]


Group = str | Series | Branches  # a text is the name of a step


def arrange(predecessors: Mapping[str, Iterable[str]]) -> Series:
    """Return the steps as a Series of steps and Branches.

    `predecessors` maps each step to those it waits for. A step comes after its predecessors.
    """
    ancestors = find_ancestors(predecessors)
    group = _arrange(tuple(predecessors), ancestors)
    return group if isinstance(group, Series) else Series((group,))


def find_ancestors(predecessors: Mapping[str, Iterable[str]]) -> dict[str, frozenset[str]]:
    """Return for each step all steps that end before it starts. A step comes after its predecessors in the mapping."""
    ancestors: dict[str, frozenset[str]] = {}
    for step, direct in predecessors.items():
        ancestors[step] = frozenset(direct).union(*(ancestors[name] for name in direct))
    return ancestors


def find_waits(predecessors: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """Return for each step the steps after which it starts, in the order of `arrange`.

    Steps that end before one of these are left out.
    """
    earlier = _find_earlier(arrange(predecessors), frozenset())
    nearest = {step: ended.difference(*(earlier[name] for name in ended)) for step, ended in earlier.items()}
    return {step: tuple(name for name in predecessors if name in nearest[step]) for step in predecessors}


def find_extra_waits(predecessors: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """Return for each step the steps that it waits for although it need not, because of the order of `arrange`."""
    ancestors = find_ancestors(predecessors)
    extra: dict[str, tuple[str, ...]] = {}
    for step, earlier in _find_earlier(arrange(predecessors), frozenset()).items():
        if waits := tuple(name for name in predecessors if name in earlier - ancestors[step]):
            extra[step] = waits
    return extra


def list_group_steps(group: Group) -> tuple[str, ...]:
    """Return the names of all steps of a group, in order."""
    if isinstance(group, str):
        return (group,)
    return tuple(name for inner in group.groups for name in list_group_steps(inner))


def _arrange(steps: tuple[str, ...], ancestors: Mapping[str, frozenset[str]]) -> Group:
    if len(steps) == 1:
        return steps[0]
    independent = _split(steps, lambda group, step: not ancestors[step].isdisjoint(group))
    if len(independent) > 1:
        return Branches(tuple(_arrange(part, ancestors) for part in independent))
    stages = _split(steps, lambda group, step: not ancestors[step].issuperset(group))
    if len(stages) == 1:
        stages = _cut(steps, ancestors)
    return Series(tuple(_arrange(stage, ancestors) for stage in stages))


def _split(steps: tuple[str, ...], has_link: Callable[[list[str], str], bool]) -> list[tuple[str, ...]]:
    """Return the groups of steps that are connected, each and all in the order of `steps`.

    `has_link` says if a step is connected with a group of earlier steps.
    """
    groups: list[list[str]] = []
    for step in steps:
        joined = [group for group in groups if has_link(group, step)]
        merged = [name for group in joined for name in group] + [step]
        groups = [group for group in groups if group not in joined]
        groups.append(merged)
    position = {step: index for index, step in enumerate(steps)}
    return sorted((tuple(sorted(group, key=position.__getitem__)) for group in groups), key=lambda g: position[g[0]])


def _cut(steps: tuple[str, ...], ancestors: Mapping[str, frozenset[str]]) -> list[tuple[str, ...]]:
    """Cut a graph that is not series-parallel in two, so that few steps wait more than they must.

    The candidates are the cuts between depths: the depth of a step is the length of the longest chain before it.
    """
    inside = frozenset(steps)
    depth: dict[str, int] = {}
    for step in steps:
        depth[step] = 1 + max((depth[name] for name in ancestors[step] & inside), default=0)
    cuts = [
        [tuple(s for s in steps if depth[s] <= limit), tuple(s for s in steps if depth[s] > limit)]
        for limit in range(1, max(depth.values()))
    ]
    return min(cuts, key=lambda cut: sum(len(frozenset(cut[0]) - ancestors[step]) for step in cut[1]))


def _find_earlier(group: Group, earlier: frozenset[str]) -> dict[str, frozenset[str]]:
    """Return for each step of a group all steps that have ended when it starts."""
    if isinstance(group, str):
        return {group: earlier}
    ended = earlier
    waits: dict[str, frozenset[str]] = {}
    for inner in group.groups:
        waits |= _find_earlier(inner, ended)
        if isinstance(group, Series):
            ended |= frozenset(list_group_steps(inner))
    return waits
