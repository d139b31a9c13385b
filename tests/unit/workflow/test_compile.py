"""A definition that cannot be built is a problem of config.yaml, at the line of the key to change."""

from __future__ import annotations

import msgspec
import pytest

from pushtrain.config import load_config
from pushtrain.errors import ConfigError
from pushtrain.platform import Platform
from pushtrain.teams import Team
from tests.unit.workflow.loaded import compile_loaded

CONFIG = "model: churn\ntemplate: {template}\ntrain:\n  framework: sklearn 1.2-1\n"


def problem_text(config: str) -> str:
    with pytest.raises(ConfigError) as raised:
        compile_loaded(load_config(config.encode()), Platform.local(), file="churn/config.yaml")
    return str(raised.value)


def test_an_unknown_template_is_reported_at_its_line() -> None:
    said = "churn/config.yaml:2  template: 'trian' is not a template. Did you mean 'train'?"
    assert problem_text(CONFIG.format(template="trian")) == said


def test_the_line_may_be_that_of_an_overlay() -> None:
    config = CONFIG.format(template="train") + "environments:\n  dev:\n    template: trian\n"
    loaded = load_config(config.encode(), environment="dev")
    with pytest.raises(ConfigError) as raised:
        compile_loaded(loaded, Platform.local("dev"))
    assert [(problem.key, problem.line) for problem in raised.value.problems] == [("template", 7)]


def test_a_sound_config_is_compiled() -> None:
    loaded = load_config(CONFIG.format(template="train").encode())
    assert "train" in compile_loaded(loaded, Platform.local())["States"]


def test_data_may_not_name_a_bucket_of_the_platform() -> None:
    """A job would read there what jobs of other teams wrote."""
    config = (
        CONFIG.format(template="train") + "data:\n  rows: s3://pushtrain-artifacts/other/runs/r/preprocess/job/rows/\n"
    )
    assert problem_text(config) == (
        "churn/config.yaml:6  data.rows: pushtrain-artifacts is a bucket of the platform. Use the output of a step as "
        "an input, or copy the data to a bucket of your own"
    )


def test_a_model_of_no_team_is_reported_at_its_line() -> None:
    platform = msgspec.structs.replace(Platform.local(), prefix="ml", teams=(Team(name="shop", models=("basket-*",)),))
    with pytest.raises(ConfigError, match=r"config.yaml:1  model: 'churn' is a model of no team of this platform"):
        compile_loaded(load_config(CONFIG.format(template="train").encode()), platform)


def test_the_jobs_of_a_model_run_with_the_role_of_its_team() -> None:
    platform = msgspec.structs.replace(Platform.local(), prefix="ml", teams=(Team(name="risk", models=("churn",)),))
    definition = compile_loaded(load_config(CONFIG.format(template="train").encode()), platform)
    request = definition["States"]["train"]["Parameters"]
    assert request["RoleArn"] == "arn:aws:iam::123456789012:role/pushtrain-jobs-risk"
    assert request["TrainingJobName.$"].startswith("States.Format('ml-risk-churn-train-")
