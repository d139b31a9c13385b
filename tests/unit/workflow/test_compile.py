"""A definition that cannot be built is a problem of config.yaml, at the line of the key to change."""

from __future__ import annotations

import pytest

from pushtrain.config import load_config
from pushtrain.errors import ConfigError
from pushtrain.platform import Platform
from pushtrain.workflow import compile_loaded_config

CONFIG = "model: churn\ntemplate: {template}\ntrain:\n  framework: sklearn 1.2-1\n"


def problem_text(config: str) -> str:
    with pytest.raises(ConfigError) as raised:
        compile_loaded_config(load_config(config.encode()), Platform.local(), file="churn/config.yaml")
    return str(raised.value)


def test_an_unknown_template_is_reported_at_its_line() -> None:
    said = "churn/config.yaml:2  template: 'trian' is not a template. Did you mean 'train'?"
    assert problem_text(CONFIG.format(template="trian")) == said


def test_the_line_may_be_that_of_an_overlay() -> None:
    config = CONFIG.format(template="train") + "environments:\n  dev:\n    template: trian\n"
    loaded = load_config(config.encode(), environment="dev")
    with pytest.raises(ConfigError) as raised:
        compile_loaded_config(loaded, Platform.local("dev"))
    assert [(problem.key, problem.line) for problem in raised.value.problems] == [("template", 7)]


def test_a_sound_config_is_compiled() -> None:
    loaded = load_config(CONFIG.format(template="train").encode())
    assert "train" in compile_loaded_config(loaded, Platform.local())["States"]
