"""A step whose job may be reused, in a definition that the SDK builds."""

from __future__ import annotations

from typing import Any

from pushtrain.config import load_config
from pushtrain.platform import Platform
from pushtrain.workflow import compile_workflow
from pushtrain.workflow.definition import iterate_states

CONFIG = """
model: churn
data: {raw: s3://lake/raw/}
defaults: {framework: sklearn 1.2-1, cache: 30d}
steps:
  a: {script: a.py, inputs: [data.raw], outputs: [rows]}
  b: {script: b.py, inputs: [data.raw], outputs: [rows], cache: false}
train: {inputs: {a: a.rows, b: b.rows}}
"""


def build(template: str) -> dict[str, Any]:
    return compile_workflow(load_config(f"{CONFIG}template: {template}\n".encode()).config, Platform.local())


def list_states(definition: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return all states by name. The requests of Tasks are left out: the SDK adds default values to them."""
    return {
        name: {key: value for key, value in state.items() if key != "Branches" and not is_request(state, key)}
        for name, state in iterate_states(definition)
    }


def is_request(state: dict[str, Any], key: str) -> bool:
    return state["Type"] == "Task" and key == "Parameters"


def test_both_templates_build_the_same_states() -> None:
    states = list_states(build("train-sdk"))
    assert states == list_states(build("train"))
    assert {"train reused?", "train reused", "a reused?"} <= states.keys()
    assert "b reused?" not in states
