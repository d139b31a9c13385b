"""Paths, payload templates and whole numbers."""

from __future__ import annotations

import pytest

from pushtrain.workflow.checks.fields import (
    find_path_problems,
    find_payload_problems,
    find_result_path_problems,
    is_whole_number,
)


def test_a_path_must_be_text_and_a_jsonpath() -> None:
    assert list(find_path_problems("InputPath", "$.jobs.train")) == []
    assert list(find_path_problems("InputPath", 1)) == ["InputPath must be a path, not 1"]
    assert list(find_path_problems("InputPath", "jobs")) == ["InputPath: 'jobs' is not a JSONPath"]


def test_a_result_cannot_be_written_to_the_context_object() -> None:
    assert "ResultPath: the context object cannot be written to" in list(find_result_path_problems("$$.Execution.Id"))


def test_a_payload_is_checked_at_any_depth() -> None:
    payload = {"a": [{"b.$": "no path"}], "c": "$.jobs", "d": "plain text", 7: "the key may be a number"}
    assert list(find_payload_problems(payload, "Parameters")) == [
        "Parameters.a[0].b.$: no path and no intrinsic at 'no path' in 'no path'",
        "Parameters.c: '$.jobs' is taken as plain text; only a key that ends in '.$' is evaluated",
    ]


def test_users_text_may_look_like_a_path() -> None:
    assert list(find_payload_problems({"Environment": {"PATTERN": "$.jobs"}}, "Parameters")) == []


@pytest.mark.parametrize(("value", "expected"), [(1, True), (0, False), (True, False), (1.0, False), ("1", False)])
def test_a_whole_number_is_an_integer_and_not_too_small(value: object, expected: bool) -> None:
    assert is_whole_number(value, 1) is expected
