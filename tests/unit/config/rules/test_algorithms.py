"""Training without a script: what a user reads about images and data. The errors are in tests/golden/config-errors."""

from __future__ import annotations

import pytest

from pushtrain.config import load_config
from pushtrain.config.rules.algorithms import check_algorithm, check_content_types
from tests.unit.config.sample_configs import list_warnings

TEXT = "model: m\ndata: {{rows: {data}}}\ntrain: {{framework: xgboost 1.7-1, script: {script}}}\n"
WARNING = (
    "config.yaml:3  train: 'rows' has no content type, so XGBoost reads it as libsvm. If it is CSV without a header "
    "and with the label first, write `inputs: {rows: {source: data.rows, content_type: text/csv}}`"
)


@pytest.mark.parametrize(
    ("data", "script", "is_warned"),
    [
        ("rows.csv", "none", True),
        ("{local: rows.csv, content_type: text/csv}", "none", False),
        ("rows.csv", "train.py", False),
    ],
)
def test_data_without_a_content_type_is_a_warning(data: str, script: str, is_warned: bool) -> None:
    assert (WARNING in list_warnings(TEXT.format(data=data, script=script))) == is_warned


def test_an_algorithm_with_its_data_is_no_mistake() -> None:
    config = load_config(TEXT.format(data="rows.csv", script="none").encode()).config
    assert list(check_algorithm(config, "train")) == list(check_content_types(config, "train")) == []


def test_warnings_about_scripts_are_silent() -> None:
    config = TEXT.format(data="rows.csv", script="none").replace("none}", "none, hyperparameters: {k: [0.1, 0.5]}}")
    assert [warning for warning in list_warnings(config) if "hyperparameters" in warning] == []
