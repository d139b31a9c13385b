"""Values that `run --set` changes: what they become, and what each mistake says."""

from __future__ import annotations

from typing import Any

import pytest

from pushtrain.config import find_trainer, load_config, parse_settings
from pushtrain.errors import ConfigError, UsageError

CONFIG = b"""model: churn
train: {framework: sklearn 1.2-1, hyperparameters: {folds: 5, depth: 4}}
evaluate: {framework: sklearn 1.2-1}
register:
  when: [{metric: auc, at_least: 0.9}]
environments:
  prod: {train: {hyperparameters: {folds: 10}}}
"""


def read_parameters(*texts: str, environment: str = "") -> dict[str, Any]:
    config = load_config(CONFIG, environment=environment, settings=parse_settings(texts)).config
    trainer = find_trainer(config)
    assert trainer
    return dict(trainer.hyperparameters)


def test_values_are_yaml_and_the_last_one_wins() -> None:
    texts = ("train.hyperparameters.folds=3", "train.hyperparameters.lr=1e-3", "train.hyperparameters.folds=7")
    assert read_parameters(*texts) == {"folds": 7, "depth": 4, "lr": 0.001}
    assert parse_settings(["register.when=[{metric: auc, above: 0}]", 'a."b.c"=x=y', "d=null"]) == {
        "register.when": [{"metric": "auc", "above": 0}],
        'a."b.c"': "x=y",
        "d": None,
    }


def test_they_are_laid_over_the_environment_after_its_overlay() -> None:
    assert read_parameters(environment="prod") == {"folds": 10, "depth": 4}
    assert read_parameters("train.hyperparameters.depth=2", environment="prod") == {"folds": 10, "depth": 2}
    assert read_parameters("train.hyperparameters.folds=2", environment="prod")["folds"] == 2


def test_null_removes_and_a_quoted_key_may_have_dots() -> None:
    assert read_parameters("train.hyperparameters.folds=null", "train.hyperparameters.'a.b'=1") == {
        "depth": 4,
        "a.b": 1,
    }


def test_a_warning_about_a_set_value_names_the_option() -> None:
    loaded = load_config(CONFIG, settings={"register": None})
    assert [str(warning) for warning in loaded.warnings] == [
        "--set  register: is missing: the model is trained but never registered",
        "config.yaml:2  train: gets no data: there is no `data:` and no preprocess output except `test`",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("train.hyperparametrs.folds=3", "train.hyperparametrs: unknown key. Did you mean 'hyperparameters'?"),
        (
            "train.hyperparameters.fold=3",
            "train.hyperparameters.fold: there is no 'fold' in config.yaml. Did you mean 'folds'? "
            "If not, write it there",
        ),
        ("trian.spot=true", "trian: unknown key. Did you mean 'train'?"),
        (
            "train.instance=ml.nope",
            "train.instance: 'ml.nope' is not a SageMaker training instance. An example is 'ml.m5.large'",
        ),
        ("model=other", "model: cannot be set for one run. Change model in config.yaml"),
        ("steps.features.script=x.py", "steps.features.script: there is no step 'features' in config.yaml"),
        ("train.framework.x=1", "train.framework.x: train.framework is no mapping, so it has no 'x'. Set all of it"),
        ("train.spot=null", "train.spot: null removes nothing: config.yaml has no such key"),
        (
            "train.hyperparameters.folds=",
            "train.hyperparameters.folds: '' is not one YAML value. Write one, or null to remove the key",
        ),
        (
            "train.hyperparameters.folds=1\nx: 2",
            "train.hyperparameters.folds: '1\\nx: 2' is not one YAML value. Write one, or null to remove the key",
        ),
        ("train.hyperparameters.folds=[1", "train.hyperparameters.folds: this [ is never closed. Add ]"),
        (
            "train.hyperparameters={a: 1, a: 2}",
            "train.hyperparameters: 'a' is given twice (first on line 1)",
        ),
    ],
)
def test_a_wrong_value_is_a_problem_of_the_option(text: str, message: str) -> None:
    with pytest.raises(ConfigError) as error:
        load_config(CONFIG, settings=parse_settings([text]))
    assert [str(problem) for problem in error.value.problems] == [f"--set  {message}"]


def test_a_problem_elsewhere_in_the_file_has_its_line() -> None:
    with pytest.raises(ConfigError) as error:
        load_config(CONFIG, settings={"evaluate": None})
    assert [(problem.file, problem.line) for problem in error.value.problems] == [("config.yaml", 5)]


@pytest.mark.parametrize("text", ["train.spot", "=1", "a b=1", "a..b=1", "a[0]=1"])
def test_what_is_not_key_and_value_is_wrong_usage(text: str) -> None:
    with pytest.raises(UsageError) as error:
        parse_settings([text])
    assert str(error.value) == f"--set {text!r}: write KEY=VALUE, such as train.hyperparameters.lr=0.1"
