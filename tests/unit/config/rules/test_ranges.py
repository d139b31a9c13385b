"""Hyperparameters that look like ranges: the user reads what to do instead."""

from __future__ import annotations

import pytest

from tests.unit.config.sample_configs import list_warnings

TEXT = "model: m\ntrain: {{framework: sklearn 1.2-1, hyperparameters: {{rate: {value}}}}}\n"


@pytest.mark.parametrize(
    ("value", "text", "written"),
    [
        ("[0.01, 0.1]", "'[0.01, 0.1]'", "{min: 0.01, max: 0.1}"),
        ("[0, 0.5]", "'[0, 0.5]'", "{min: 0, max: 0.5}"),
        ("{min: 1, max: 3}", "'max=3,min=1'", "{min: 1, max: 3}"),
        ("{low: 1, high: 3, log: true}", "'high=3,log=True,low=1'", "{min: 1, max: 3}"),
    ],
)
def test_a_range_is_a_warning_that_says_where_to_write_it(value: str, text: str, written: str) -> None:
    assert (
        f"config.yaml:2  train.hyperparameters.rate: looks like a range, but here it is one value: train.py gets the "
        f"text {text}. To search it, write it in `train.tune.ranges`: rate: {written}"
    ) in list_warnings(TEXT.format(value=value))


@pytest.mark.parametrize(
    "value", ["[64, 32]", "[1, 2]", "[0.5, 0.1]", "[0.1, 0.2, 0.3]", "{a: 1}", "0.1", "[true, 0.5]"]
)
def test_layers_and_lists_are_none(value: str) -> None:
    assert not [warning for warning in list_warnings(TEXT.format(value=value)) if "looks like a range" in warning]
