"""Retry and Catch."""

from __future__ import annotations

import pytest

from pushtrain.workflow.checks.handlers import find_handler_problems


@pytest.mark.parametrize(
    ("handler", "problem"),
    [
        (
            {"ErrorEquals": ["States.Timeot"]},
            "Retry[0]: there is no error States.Timeot. Did you mean 'States.Timeout'?",
        ),
        ({"ErrorEquals": []}, "Retry[0]: ErrorEquals must be a list of error names, not []"),
        ({"ErrorEquals": ["A"], "Next": "b"}, "Retry[0] has no field 'Next'"),
        ({"ErrorEquals": ["A"], "MaxAttempts": -1}, "Retry[0]: MaxAttempts must be a whole number, 0 or more, not -1"),
        ({"ErrorEquals": ["A"], "BackoffRate": 0.5}, "Retry[0]: BackoffRate must be a number, 1.0 or more, not 0.5"),
    ],
)
def test_a_fault_of_retry_is_reported(handler: dict[str, object], problem: str) -> None:
    assert list(find_handler_problems({"Retry": [handler]}, "Retry")) == [problem]


def test_all_errors_are_caught_by_the_last_handler_only() -> None:
    catch_all, named = {"ErrorEquals": ["States.ALL"], "Next": "a"}, {"ErrorEquals": ["A"], "Next": "a"}
    assert list(find_handler_problems({"Catch": [named, catch_all]}, "Catch")) == []
    assert list(find_handler_problems({"Catch": [catch_all, named]}, "Catch")) == [
        "Catch[0]: States.ALL must stand alone and last"
    ]


def test_handlers_must_be_a_list_of_mappings() -> None:
    assert list(find_handler_problems({"Catch": {"Next": "a"}}, "Catch")) == ["Catch must be a list of mappings"]
