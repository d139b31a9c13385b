"""The settings of a training job, as scripts read them from sagemaker_training."""

from __future__ import annotations

import json

import pytest

from pushtrain.local.container.stand_ins.sagemaker_training.environment import Environment, training_env


@pytest.fixture
def job(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = {"num_cpus": 2, "hosts": ["algo-1"], "is_master": True, "channel_input_dirs": {"train": "/x"}}
    monkeypatch.setenv("SM_TRAINING_ENV", json.dumps(settings))
    monkeypatch.setenv("SM_USER_ARGS", '["--epochs", "3"]')
    monkeypatch.setenv("SM_NUM_CPUS", "2")


@pytest.mark.usefixtures("job")
def test_settings_are_attributes() -> None:
    environment = Environment()
    assert (environment.num_cpus, environment.hosts, environment.is_main) == (2, ["algo-1"], True)
    assert environment.channel_input_dirs["train"] == "/x"
    assert environment.to_cmd_args() == ["--epochs", "3"]
    assert environment.to_env_vars()["SM_NUM_CPUS"] == "2"
    assert training_env().is_master is True


@pytest.mark.usefixtures("job")
def test_a_setting_that_does_not_exist_is_named() -> None:
    with pytest.raises(AttributeError) as error:
        Environment().colour  # noqa: B018
    listed = "channel_input_dirs, hosts, is_master, num_cpus"
    assert str(error.value) == f"the environment of this job has no 'colour'; it has {listed}"


def test_only_a_training_job_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SM_TRAINING_ENV", raising=False)
    with pytest.raises(RuntimeError) as error:
        Environment()
    assert str(error.value) == "SM_TRAINING_ENV is not set: only a training job has this environment"
