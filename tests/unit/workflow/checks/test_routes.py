"""Routes between states."""

from __future__ import annotations

from typing import Any

from pushtrain.workflow.checks.routes import find_route_problems


def test_states_in_a_row_have_no_problem() -> None:
    assert list(find_route_problems("a", {"a": {"Next": "b"}, "b": {"End": True}})) == []


def test_a_mistyped_target_is_reported_with_a_suggestion() -> None:
    states: dict[str, dict[str, Any]] = {"train": {"Next": "evaluat"}, "evaluate": {"End": True}}
    assert next(find_route_problems("train", states)) == (
        "'train': Next leads to 'evaluat', which is no state. Did you mean 'evaluate'?"
    )


def test_a_state_that_no_other_leads_to_is_reported() -> None:
    assert list(find_route_problems("a", {"a": {"End": True}, "b": {"End": True}})) == ["'b': no state leads here"]


def test_states_that_never_end_are_reported() -> None:
    states: dict[str, dict[str, Any]] = {
        "a": {"Catch": [{"Next": "b"}], "End": True},
        "b": {"Next": "c"},
        "c": {"Next": "b"},
    }
    assert list(find_route_problems("a", states)) == [
        "'b': no end of the run can be reached from here",
        "'c': no end of the run can be reached from here",
    ]


def test_the_start_must_be_a_state() -> None:
    assert list(find_route_problems("b", {"a": {"End": True}})) == ["StartAt is 'b', which is no state"]
