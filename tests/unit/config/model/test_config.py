"""The whole config: data, limits, and what it says about its steps and its gate."""

from __future__ import annotations

import pytest

from pushtrain.config import DataSource
from tests.unit.config.sample_configs import FULL, SMALL, list_problems, load


def test_data_is_an_address_a_path_or_both() -> None:
    assert load(FULL).data == {
        "raw": DataSource(s3="s3://lake/churn/"),
        "small": DataSource(local="data/sample"),
        "both": DataSource(s3="s3://lake/x/", local="data/x.csv"),
    }


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("{}", "needs `s3:`, `local:` (a path in the model repo), or both"),
        ("5", "expected s3://bucket/prefix/, a path in the model repo, or a mapping with s3 and local"),
        ("../x", "'../x' leaves the model repo. Write a path inside it, without .."),
    ],
)
def test_data_of_another_form_is_refused(source: str, message: str) -> None:
    assert list_problems(f"{SMALL}data: {{raw: {source}}}\n") == [f"config.yaml:3  data.raw: {message}"]


def test_steps_are_listed_in_the_order_they_run() -> None:
    assert list(load(FULL).steps) == ["preprocess", "train", "evaluate"]
    assert list(load(SMALL).steps) == ["train"]


def test_without_a_gate_there_are_no_conditions() -> None:
    assert load(SMALL).conditions == ()
    assert [condition.metric for condition in load(FULL).conditions] == ["accuracy"]


def test_a_limit_is_an_amount_above_zero() -> None:
    assert str(load(f"{SMALL}limits: {{max_cost: 50 USD}}\n").limits.max_cost) == "50 USD"
    assert list_problems(f"{SMALL}limits: {{max_cost: 0 USD}}\n") == [
        "config.yaml:3  limits.max_cost: with a limit of 0 USD no run can start. "
        "Write an amount above 0, or remove the limit"
    ]
