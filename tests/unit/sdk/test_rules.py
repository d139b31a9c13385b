"""The gate as a choice rule of the SDK."""

from __future__ import annotations

from pushtrain.config import load_config
from pushtrain.sdk import build_gate_rule

CONFIG = b"""model: churn
train: {framework: sklearn 1.2-1}
evaluate: {framework: sklearn 1.2-1}
register: {when: [{metric: accuracy, at_least: 0.9}, {metric: rmse, below: 2}]}
"""


def test_every_condition_must_hold_on_the_copies_of_the_metrics() -> None:
    assert build_gate_rule(load_config(CONFIG).config.conditions).to_dict() == {
        "And": [
            {"Variable": "$.metrics.m0", "NumericGreaterThanEquals": 0.9},
            {"Variable": "$.metrics.m1", "NumericLessThan": 2.0},
        ]
    }
