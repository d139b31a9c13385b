"""Rules about transform steps. tests/golden/config-errors/transform* has their messages."""

from __future__ import annotations

import pytest

from pushtrain.config import load_config
from pushtrain.config.rules.transform import check_strategy, check_transform_container, check_transform_inputs

CONFIG = """model: churn
data: {rows: s3://lake/rows/}
train: {framework: sklearn 1.2-1}
steps: {predict: {kind: transform, inputs: INPUTS, strategy: single}}
register: {}
"""


@pytest.mark.parametrize(
    "inputs", ["[train.model, data.rows]", "[data.rows, train.model]", "{a: train.model, b: data.rows}"]
)
def test_a_model_and_data_are_right_in_any_order_and_by_any_name(inputs: str) -> None:
    config = load_config(CONFIG.replace("INPUTS", inputs).encode()).config
    for rule in (check_transform_inputs, check_transform_container, check_strategy):
        assert list(rule(config, "predict")) == []


def test_the_champion_is_not_evaluated_with_answers_of_another_model() -> None:
    config = CONFIG.replace("INPUTS", "[train.model, data.rows]").replace(
        "register: {}",
        "evaluate: {framework: sklearn 1.2-1, inputs: [rows, predict.predictions]}\n"
        "register: {when: [{metric: auc, at_least: champion}]}",
    )
    with pytest.raises(Exception, match=r"reads predict\.predictions, which comes from the model of this run"):
        load_config(config.encode())
