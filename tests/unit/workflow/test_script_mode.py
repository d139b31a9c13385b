"""Hyperparameters of script mode."""

from __future__ import annotations

import json

import pytest

from pushtrain.config import Step, list_steps, load_config
from pushtrain.platform import Platform
from pushtrain.workflow.script_mode import (
    build_environment,
    build_evaluation_variables,
    build_hyperparameters,
    find_program,
)

PLATFORM = Platform.local()
REGION = {"AWS_DEFAULT_REGION": "us-east-1"}


def build(train: str, *, isolated: bool = False) -> dict[str, str]:
    return build_hyperparameters(read_step(train), Platform.local(), isolated=isolated)


def read_step(train: str, register: str = "") -> Step:
    text = f"model: churn\ntrain: {{framework: pytorch 2.6, {train}}}\n{register}"
    (step,) = list_steps(load_config(text.encode()).config)
    return step


def test_values_are_json() -> None:
    hyperparameters = build("script: fit.py, hyperparameters: {epochs: 20, name: 나무}")
    assert hyperparameters["epochs"] == "20"
    assert json.loads(hyperparameters["name"]) == "나무"
    assert json.loads(hyperparameters["sagemaker_program"]) == "fit.py"


def test_the_start_file_runs_a_script_in_a_folder() -> None:
    step = read_step("script: src/fit.py, environment: {A: b}")
    assert find_program(step) == "pushtrain_start.py"
    assert build_environment(step, PLATFORM) == {**REGION, "A": "b", "PUSHTRAIN_SCRIPT": "src/fit.py"}
    assert json.loads(build("script: src/fit.py")["sagemaker_program"]) == "pushtrain_start.py"


@pytest.mark.parametrize("keys", ["script: fit.py", "script: src/fit.py, distribution: {torch_distributed: true}"])
def test_the_toolkit_runs_any_other_script(keys: str) -> None:
    step = read_step(keys + ", environment: {A: b}")
    assert find_program(step) == step.settings.script
    assert build_environment(step, PLATFORM) == {**REGION, "A": "b"}


@pytest.mark.parametrize(
    ("code", "variable"), [("[inference.py, 특성/]", '["inference.py", "특성"]'), ("serving/", '"serving"')]
)
def test_the_start_file_puts_inference_code_into_the_model(code: str, variable: str) -> None:
    step = read_step("script: fit.py", f"register: {{inference: {{code: {code}}}}}")
    assert find_program(step) == "pushtrain_start.py"
    variables = {"PUSHTRAIN_SCRIPT": "fit.py", "PUSHTRAIN_INFERENCE_CODE": variable}
    assert build_environment(step, PLATFORM) == REGION | variables


def test_only_the_step_whose_model_is_registered_gets_inference_code() -> None:
    text = """
model: churn
train: {framework: pytorch 2.6}
steps: {embed: {kind: training, script: embed.py, framework: pytorch 2.6}}
register: {model: embed, inference: {code: [inference.py]}}
"""
    steps = {step.name: step.inference_code for step in list_steps(load_config(text.encode()).config)}
    assert steps == {"embed": ("inference.py",), "train": ()}


@pytest.mark.parametrize(
    ("register", "folder"),
    [
        ("register: {}", "/opt/ml/processing/evaluation"),
        ("register: {evaluation: score}", "/opt/ml/processing/score"),
        ("", ""),
    ],
)
def test_only_the_step_that_the_gate_reads_names_its_files(register: str, folder: str) -> None:
    text = f"""
model: churn
steps: {{score: {{script: score.py, outputs: {{evaluation: /opt/ml/processing/score}}, framework: sklearn 1.2-1}}}}
train: {{framework: sklearn 1.2-1}}
evaluate: {{framework: sklearn 1.2-1}}
{register}
"""
    config = load_config(text.encode()).config
    variables = [build_evaluation_variables(config, step) for step in list_steps(config)]
    expected = {"PUSHTRAIN_EVALUATION": folder, "PUSHTRAIN_MESSAGE": "/opt/ml/output/message"}
    assert [named for named in variables if named] == ([expected] if folder else [])


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


def test_a_region_that_config_yaml_names_stays() -> None:
    step = read_step("environment: {AWS_DEFAULT_REGION: eu-west-1}")
    assert build_environment(step, PLATFORM) == {"AWS_DEFAULT_REGION": "eu-west-1"}
