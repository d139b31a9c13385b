"""Trials, and how people read their hyperparameters."""

from __future__ import annotations

import pytest

from pushtrain.record import Trial, decode_hyperparameter, find_best_trial, shorten_hyperparameter


def build_trial(number: int, *, is_best: bool = False) -> Trial:
    return Trial(number=number, name=f"t-{number}", arn="a", status="Completed", seconds=1.0, is_best=is_best)


def test_the_best_trial_is_the_one_that_sagemaker_names() -> None:
    assert find_best_trial([build_trial(1), build_trial(2, is_best=True)]) == build_trial(2, is_best=True)
    assert find_best_trial([build_trial(1)]) is None


@pytest.mark.parametrize(
    ("text", "decoded", "short"),
    [
        ('"gbtree"', "gbtree", "gbtree"),
        ("gbtree", "gbtree", "gbtree"),
        ("0.0123456789", "0.0123456789", "0.01235"),
        ("12345678", "12345678", "12345678"),
        ("-3", "-3", "-3"),
        ("true", "true", "true"),
        ('"0.0123456"', "0.0123456", "0.01235"),
        ("", "", ""),
    ],
)
def test_json_texts_have_no_quotes_and_fractions_four_digits(text: str, decoded: str, short: str) -> None:
    assert (decode_hyperparameter(text), shorten_hyperparameter(text)) == (decoded, short)
