"""Two config.yaml files, a small and a full one, and short ways to load a text."""

from __future__ import annotations

import pytest

from pushtrain.config import Config, Train, find_trainer, load_config
from pushtrain.errors import ConfigError

SMALL = "model: churn\ntrain: {framework: pytorch 2.6}\n"
FULL = """\
model: churn
data: {raw: s3://lake/churn/, small: ./data//sample/, both: {s3: s3://lake/x/, local: data/x.csv}}
preprocess: {framework: sklearn 1.2-1, outputs: [train, test]}
train:
  framework: pytorch 2.6
  instance: ml.g5.xlarge
  max_runtime: 2h
  hyperparameters: {lr: 1e-3, layers: {first: 10, second: 20}}
evaluate: {framework: sklearn 1.2-1}
register:
  when: [{metric: accuracy, at_least: 0.9}]
  inference: {instances: [ml.g5.xlarge]}
environments:
  prod:
    train: {instances: 2, distribution: mpi, hyperparameters: {layers: {second: 30}}}
    preprocess: null
    data: {small: null}
  dev: {train: {spot: true}}
"""


def load(text: str, environment: str = "") -> Config:
    return load_config(text.encode(), environment=environment).config


def load_train(text: str, environment: str = "") -> Train:
    """Return the settings of the step that trains the model."""
    trainer = find_trainer(load(text, environment))
    assert trainer is not None
    return trainer


def list_warnings(text: str, environment: str = "") -> list[str]:
    return [str(warning) for warning in load_config(text.encode(), environment=environment).warnings]


def list_problems(text: str, environment: str = "") -> list[str]:
    with pytest.raises(ConfigError) as raised:
        load_config(text.encode(), environment=environment)
    return [str(problem) for problem in raised.value.problems]
