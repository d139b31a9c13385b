"""Steps as chains and branches."""

from __future__ import annotations

import itertools
import random

import pytest

from pushtrain.workflow.order import (
    Branches,
    Series,
    arrange,
    find_ancestors,
    find_extra_waits,
    find_waits,
    list_group_steps,
)


def test_a_chain_is_a_series() -> None:
    assert arrange({"a": [], "b": ["a"], "c": ["b", "a"]}) == Series(("a", "b", "c"))


def test_one_step_is_a_series_of_one() -> None:
    assert arrange({"a": []}) == Series(("a",))


def test_the_middle_of_a_diamond_runs_at_the_same_time() -> None:
    diamond = {"a": [], "b": ["a"], "c": ["a"], "d": ["b", "c"]}
    assert arrange(diamond) == Series(("a", Branches(("b", "c")), "d"))
    assert find_extra_waits(diamond) == {}


def test_branches_may_hold_chains_and_branches() -> None:
    graph = {"a": [], "b": ["a"], "c": [], "d": ["c"], "e": ["c"]}
    assert arrange(graph) == Series((Branches((Series(("a", "b")), Series(("c", Branches(("d", "e")))))),))


def test_a_graph_that_is_not_series_parallel_waits_a_little_more() -> None:
    letter_n = {"a": [], "b": [], "c": ["a"], "d": ["a", "b"]}
    assert arrange(letter_n) == Series((Branches(("a", "b")), Branches(("c", "d"))))
    assert find_extra_waits(letter_n) == {"c": ("b",)}
    assert find_waits(letter_n) == {"a": (), "b": (), "c": ("a", "b"), "d": ("a", "b")}


def test_a_step_starts_after_the_nearest_steps() -> None:
    graph = {"a": [], "b": ["a"], "c": ["a"], "d": ["c"], "e": ["a", "b", "d"]}
    assert find_waits(graph) == {"a": (), "b": ("a",), "c": ("a",), "d": ("c",), "e": ("b", "d")}


@pytest.mark.parametrize("seed", range(200))
def test_every_step_runs_once_and_after_its_predecessors(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311
    names = [f"s{number}" for number in range(chance.randint(1, 12))]
    graph = {name: [other for other in names[:index] if chance.random() < 0.3] for index, name in enumerate(names)}
    order = arrange(graph)
    assert sorted(list_group_steps(order)) == sorted(names)
    extra = find_extra_waits(graph)
    ancestors = find_ancestors(graph)
    for name in names:
        assert not ancestors[name] & set(extra.get(name, ()))
    assert not any(a in run_together(order, b) for a, b in itertools.permutations(names, 2) if a in ancestors[b])


def run_together(group: object, name: str) -> set[str]:
    """Return the steps that may run at the same time as `name`."""
    if isinstance(group, str) or name not in list_group_steps(group):  # type: ignore[arg-type]
        return set()
    assert isinstance(group, Series | Branches)
    inner = next(part for part in group.groups if name in list_group_steps(part))
    others = {step for part in group.groups if part is not inner for step in list_group_steps(part)}
    return run_together(inner, name) | (others if isinstance(group, Branches) else set())
