"""Suggestions for mistyped names."""

from __future__ import annotations

import pytest

from pushtrain.catalog.suggest import did_you_mean, find_closest

NAMES = ["preprocess", "train", "Evaluate"]


@pytest.mark.parametrize(("typed", "closest"), [("trian", "train"), ("EVALUATE", "Evaluate"), ("xyz", None)])
def test_the_most_similar_name_is_suggested_whatever_its_case(typed: str, closest: str | None) -> None:
    assert find_closest(typed, NAMES) == closest


def test_a_suggestion_ends_a_sentence() -> None:
    assert did_you_mean("trian", NAMES) == ". Did you mean 'train'?"
    assert did_you_mean("xyz", NAMES) == ""
