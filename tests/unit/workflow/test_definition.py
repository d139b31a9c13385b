"""Scopes, states and transitions of a definition."""

from __future__ import annotations

from typing import Any

import pytest

from pushtrain.workflow.definition import (
    find_reachable,
    iterate_states,
    list_inner_scopes,
    list_transitions,
    map_edges,
)

END: dict[str, Any] = {"Type": "Pass", "End": True}


def build_scope(**states: object) -> dict[str, Any]:
    return {"StartAt": next(iter(states)), "States": states}


def test_states_of_branches_and_of_map_processors_follow_those_of_their_scope() -> None:
    items = {"Type": "Map", "ItemProcessor": build_scope(item=END)}
    old_items = {"Type": "Map", "Iterator": build_scope(old_item=END)}
    parallel = {"Type": "Parallel", "Branches": [build_scope(a=items), build_scope(b=old_items)]}
    definition = build_scope(parallel=parallel, last=END)
    assert [name for name, _ in iterate_states(definition)] == ["parallel", "last", "a", "item", "b", "old_item"]
    assert dict(iterate_states(definition))["item"] is END


@pytest.mark.parametrize(
    ("state", "fields"),
    [
        ({"Type": "Parallel", "Branches": [1, 2]}, ["Branches[0]", "Branches[1]"]),
        ({"Type": "Map", "ItemProcessor": 1}, ["ItemProcessor"]),
        ({"Type": "Map", "Iterator": 1}, ["Iterator"]),
        ({"Type": "Pass", "Branches": [1], "ItemProcessor": 1}, []),
        ({"Type": "Parallel", "Branches": "none"}, []),
        ({"Type": "Parallel"}, []),
        ("no state", []),
    ],
)
def test_only_parallel_and_map_states_have_inner_scopes(state: object, fields: list[str]) -> None:
    assert [field for field, _ in list_inner_scopes(state)] == fields


def test_transitions_say_which_field_names_their_target() -> None:
    state = {
        "Type": "Choice",
        "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "failed"}],
        "Choices": [{"Next": "small"}, {"Next": "large"}],
        "Default": "other",
        "Next": "next",
    }
    assert list_transitions(state) == [
        ("Next", "next"),
        ("Default", "other"),
        ("Choices[0].Next", "small"),
        ("Choices[1].Next", "large"),
        ("Catch[0].Next", "failed"),
    ]
    assert list_transitions(state, "Catch", "Default") == [("Catch[0].Next", "failed"), ("Default", "other")]


@pytest.mark.parametrize(
    "state",
    [
        {},
        {"Next": 5, "Default": None},
        {"Choices": "all", "Catch": 1},
        {"Choices": ["a"], "Catch": [{"Next": ["a"]}]},
        {"Choices": [{"Default": "a"}]},
    ],
)
def test_what_names_no_state_is_no_transition(state: dict[str, Any]) -> None:
    assert list_transitions(state) == []


@pytest.mark.parametrize("scope", [None, "text", {}, {"States": []}, {"States": {}}])
def test_what_is_no_scope_has_no_states(scope: object) -> None:
    assert list(iterate_states(scope)) == []


def test_states_are_yielded_even_if_they_are_of_a_wrong_type() -> None:
    assert list(iterate_states({"States": {"a": 5, "b": END}})) == [("a", 5), ("b", END)]


def test_reachable_are_the_sources_and_all_states_behind_them() -> None:
    edges = map_edges(
        {
            "start": {"Choices": [{"Next": "loop"}], "Default": "end"},
            "loop": {"Next": "start"},
            "end": END,
            "lost": {"Next": "end"},
        }
    )
    assert edges == {"start": {"loop", "end"}, "loop": {"start"}, "end": set(), "lost": {"end"}}
    assert find_reachable(["start"], edges) == {"start", "loop", "end"}
    assert find_reachable(["lost", "nowhere"], edges) == {"lost", "nowhere", "end"}
    assert find_reachable([], edges) == set()
