"""Patterns of models: which models a team has, and when two teams could have the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pushtrain.teams import MODEL_PATTERN, Team, is_match, overlaps

NAMES = st.text("ab-", min_size=1, max_size=4).filter(lambda name: name[0] != "-" and name[-1] != "-")
PATTERNS = st.one_of(NAMES, st.text("ab-", max_size=3).map(lambda start: f"{start}*"))


@pytest.mark.parametrize(
    ("pattern", "model", "expected"),
    [
        ("churn", "churn", True),
        ("churn", "churn-2", False),
        ("churn-*", "churn-2", True),
        ("churn-*", "churn", False),
        ("churn*", "churn", True),
        ("*", "anything", True),
    ],
)
def test_a_pattern_matches_a_name_or_the_beginning_of_names(pattern: str, model: str, *, expected: bool) -> None:
    assert is_match(pattern, model) is expected
    assert Team(name="risk", models=("other", pattern)).owns(model) is expected


@given(PATTERNS, PATTERNS, NAMES)
def test_patterns_that_do_not_overlap_match_no_common_model(pattern: str, other: str, model: str) -> None:
    assert overlaps(pattern, other) is overlaps(other, pattern)
    if is_match(pattern, model) and is_match(other, model):
        assert overlaps(pattern, other)


@pytest.mark.parametrize("text", ["*-churn", "ch*rn", "churn/*", "churn?", "-churn", "churn-", "", "**", "churn\n"])
def test_a_star_stands_at_the_end_only_because_in_iam_it_also_stands_for_a_slash(text: str) -> None:
    assert not MODEL_PATTERN.fullmatch(text)
