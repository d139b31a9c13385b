"""Paths and quoted values as they appear in messages."""

from __future__ import annotations

import pytest

from pushtrain.config.issue import Issue, KeyPath, format_key_path, is_inside, quote


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (("train",), "train"),
        (("register", "when", 0, "metric"), "register.when[0].metric"),
        (("tags", "a b"), "tags.'a b'"),
        (("tags", ""), "tags.''"),
        (("data", "데이터"), "data.데이터"),
    ],
)
def test_paths_are_written_with_dots_and_brackets(path: KeyPath, text: str) -> None:
    assert format_key_path(path) == text


def test_a_path_is_inside_itself_and_the_sections_around_it() -> None:
    assert is_inside(("train", "spot"), ("train", "spot"))
    assert is_inside(("train", "spot"), ("train",))
    assert not is_inside(("train",), ("train", "spot"))
    assert not is_inside(("trainer",), ("train",))


def test_quoted_text_is_short_and_on_one_line() -> None:
    assert quote("x" * 100) == f"'{'x' * 60}…'"
    assert quote("it's") == '"it\'s"'
    assert quote("a\nb\x1b[31m") == "'a\\nb\\x1b[31m'"


def test_the_line_of_the_issue_wins_over_the_line_of_its_key() -> None:
    assert Issue(path=("train",), message="is wrong", line=3).to_problem(7, "config.yaml").line == 3
    assert str(Issue(path=("train",), message="is wrong").to_problem(7, "c.yaml")) == "c.yaml:7  train: is wrong"
