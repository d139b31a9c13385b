"""The states of a step whose job may be reused."""

from __future__ import annotations

from typing import Any

from pushtrain.config import load_config
from pushtrain.platform import Platform
from pushtrain.workflow import compile_workflow
from pushtrain.workflow.reuse import find_reuse_choices

CONFIG = """
model: churn
data: {raw: s3://lake/raw/}
defaults: {framework: sklearn 1.2-1}
steps: {split-rows: {script: split.py, inputs: [data.raw], outputs: [rows], cache: true}}
train: {inputs: [split-rows.rows]}
"""


def build_states(config: str = CONFIG) -> dict[str, Any]:
    states: dict[str, Any] = compile_workflow(load_config(config.encode()).config, Platform.local())["States"]
    return states


def test_a_step_with_cache_looks_for_an_earlier_job() -> None:
    states = build_states()
    path = "$$.Execution.Input.reuse.split_rows"
    assert states["start"]["Next"] == "split-rows reused?"
    assert states["split-rows reused?"] == {
        "Type": "Choice",
        "Choices": [{"Variable": path, "IsPresent": True, "Next": "split-rows reused"}],
        "Default": "split-rows",
    }
    reused = states["split-rows reused"]
    assert reused["Parameters"] == {f"{name}.$": f"{path}.{name}" for name in ("name", "status", "arn", "prefix")}
    assert reused["ResultPath"] == states["split-rows"]["ResultPath"] == "$.jobs.split_rows"
    assert reused["Next"] == states["split-rows"]["Next"] == "split-rows completed?"


def test_without_cache_nothing_changes() -> None:
    states = build_states(CONFIG.replace(", cache: true", ""))
    assert "split-rows reused?" not in states
    assert states == build_states(CONFIG.replace("cache: true", "cache: false"))


def test_the_choices_are_found_in_a_definition() -> None:
    definition = compile_workflow(load_config(CONFIG.encode()).config, Platform.local())
    assert find_reuse_choices(definition) == {"split-rows reused?": ("split-rows reused", "split-rows")}
