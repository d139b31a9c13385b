"""Hyperparameters of script mode."""

from __future__ import annotations

import json

import pytest

from pushtrain.config import Train, load_config
from pushtrain.platform import Platform
from pushtrain.workflow.script_mode import build_hyperparameters


def build(train: str, *, isolated: bool = False) -> dict[str, str]:
    config = load_config(f"model: churn\ntrain: {{framework: pytorch 2.6, {train}}}\n".encode()).config
    step: Train = config.train
    return build_hyperparameters(step, Platform.local(), isolated=isolated)


def test_values_are_json() -> None:
    hyperparameters = build("script: src/fit.py, hyperparameters: {epochs: 20, name: 나무}")
    assert hyperparameters["epochs"] == "20"
    assert json.loads(hyperparameters["name"]) == "나무"
    assert json.loads(hyperparameters["sagemaker_program"]) == "src/fit.py"


def test_an_isolated_job_reads_its_code_from_a_channel() -> None:
    assert build("")["sagemaker_submit_directory.$"] == "States.JsonToString($$.Execution.Input.code)"
    isolated = build("", isolated=True)
    assert json.loads(isolated["sagemaker_submit_directory"]) == "/opt/ml/input/data/code/sourcedir.tar.gz"
    assert "sagemaker_submit_directory.$" not in isolated


@pytest.mark.parametrize(
    ("distribution", "name"),
    [
        ("torch_distributed: true", "sagemaker_torch_distributed_enabled"),
        ("mpi: {processes_per_host: 2}", "sagemaker_mpi_enabled"),
    ],
)
def test_a_launcher_is_switched_on_only_if_config_yaml_asks_for_it(distribution: str, name: str) -> None:
    assert build(f"distribution: {{{distribution}}}, instances: 2, instance: ml.g5.xlarge")[name] == "true"
    assert name not in build("instances: 2, instance: ml.g5.xlarge")
