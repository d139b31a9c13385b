"""The end of a workflow: with a model version, or without."""

from __future__ import annotations

from pathlib import Path

import pytest

from pushtrain.config import load_config
from pushtrain.errors import TemplateError
from pushtrain.platform import Platform
from pushtrain.workflow import compile_workflow

ROOT = Path(__file__).parents[3]

PLATFORM = Platform.local()


def test_two_searched_hyperparameters_that_the_registry_could_not_tell_apart_are_refused() -> None:
    """The registry's keys have few characters: others become the same one."""
    tune = "{maximize: auc, ranges: {'a*b': [1, 2], 'a%b': [1, 2]}, trials: 2}"
    config = f"""model: m
data: {{raw: data/}}
train: {{framework: sklearn 1.2-1, metrics: {{auc: 'auc=(.*);'}}, tune: {tune}}}
register: {{}}
"""
    with pytest.raises(TemplateError) as raised:
        compile_workflow(load_config(config.encode()).config, PLATFORM)
    assert str(raised.value) == (
        "train.tune: two of a*b, a%b would have one name in the registry's metadata. Rename one"
    )


def test_two_metrics_that_the_registry_could_not_tell_apart_are_refused() -> None:
    data = (ROOT / "tests" / "golden" / "definitions" / "smallest" / "config.yaml").read_text()
    when = "[{metric: a*b, at_least: 1}, {metric: accuracy, at_least: 1}, {metric: a%b, at_least: 1}]"
    config = f"{data}evaluate: {{framework: sklearn 1.2-1}}\nregister: {{when: {when}}}\n"
    with pytest.raises(TemplateError) as told:
        compile_workflow(load_config(config.encode()).config, PLATFORM)
    assert str(told.value) == "register.when: a*b and a%b would have one name in the registry's metadata. Rename one"
