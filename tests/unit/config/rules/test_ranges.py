"""Hyperparameters that look like ranges: the user reads what to do instead."""

from __future__ import annotations

import pytest

from tests.unit.config.sample_configs import list_warnings

TEXT = "model: m\ntrain: {{framework: sklearn 1.2-1, hyperparameters: {{rate: {value}}}}}\n"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("[0.01, 0.1]", "'[0.01, 0.1]'"),
        ("[0, 0.5]", "'[0, 0.5]'"),
        ("{min: 1, max: 3}", "'max=3,min=1'"),
        ("{low: 1, high: 3, log: true}", "'high=3,log=True,low=1'"),
    ],
)
def test_a_range_is_a_warning(value: str, text: str) -> None:
    assert (
        "config.yaml:2  train.hyperparameters.rate: looks like a range, but pushtrain does not search: train.py gets "
        f"the text {text}. Give one value, and push once for each value; or search inside train.py, for example with "
        "scikit-learn's RandomizedSearchCV or Optuna"
    ) in list_warnings(TEXT.format(value=value))


@pytest.mark.parametrize(
    "value", ["[64, 32]", "[1, 2]", "[0.5, 0.1]", "[0.1, 0.2, 0.3]", "{a: 1}", "0.1", "[true, 0.5]"]
)
def test_layers_and_lists_are_none(value: str) -> None:
    assert not [warning for warning in list_warnings(TEXT.format(value=value)) if "looks like a range" in warning]
