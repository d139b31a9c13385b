"""What is allowed but probably a mistake."""

from __future__ import annotations

import pytest

from tests.unit.config.sample_configs import SMALL, list_warnings


@pytest.mark.parametrize(
    ("train", "expected"),
    [
        ("hyperparameters: {c: 1}", "train.hyperparameters.c: train.py gets this as -c"),
        ("framework: sklearn 1.2-1, instance: ml.g5.xlarge", "train.instance: ml.g5.xlarge has GPUs, but sklearn"),
        ("retries: 3", "train.retries: AWS may refuse RetryStrategy"),
        ("keep_alive: 2h", "train.keep_alive: warm instances cost money"),
        ("instances: 2", "train.instances: 2 instances without `distribution:`"),
        ("metrics: {loss: 'loss=.*'}", "train.metrics.loss: the regex has no (group)"),
        ("instance: ml.g5.xlarge, volume: 50GB", "train.volume: ml.g5.xlarge has disks of a fixed size"),
        ("channels: [raw]", "data.unused: no step reads this data"),
    ],
)
def test_warnings_of_train(train: str, expected: str) -> None:
    framework = "" if "framework" in train else "framework: pytorch 2.6, "
    text = f"model: m\ndata: {{raw: s3://lake/raw/, unused: data/x}}\ntrain: {{{framework}{train}}}\n"
    assert any(expected in warning for warning in list_warnings(text)), list_warnings(text)


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        ("InfraCheckConfig: {EnableInfraCheck: true}", "InfraCheckConfig"),
        ("SessionChainingConfig: {EnableSessionTagChaining: true}", "SessionChainingConfig"),
        ("AlgorithmSpecification: {ContainerEntrypoint: [a]}", "AlgorithmSpecification.ContainerEntrypoint"),
        ("AlgorithmSpecification: {ContainerArguments: [a]}", "AlgorithmSpecification.ContainerArguments"),
    ],
)
def test_raw_fields_that_aws_does_not_document(raw: str, field: str) -> None:
    text = f"model: m\ntrain: {{framework: sklearn 1.2-1, sagemaker: {{{raw}}}}}\n"
    assert any(f"train.sagemaker.{field}: AWS may refuse" in warning for warning in list_warnings(text))


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("", True),
        ("  score: {script: score.py, inputs: [embed.model]}\n", False),
        ("  score: {script: score.py, inputs: [embed.output]}\n", False),
        ("  score: {script: score.py, after: [embed]}\n", True),
        ("register: {model: embed}\n", False),
        ("train: {inputs: [embed.model]}\n", False),
        ("train: {inputs: [data.raw]}\n", True),
    ],
)
def test_a_model_that_nobody_reads(more: str, expected: bool) -> None:
    steps = "steps:\n  embed: {kind: training, script: embed.py, inputs: [data.raw]}\n"
    text = f"model: m\ndefaults: {{framework: sklearn 1.2-1}}\ndata: {{raw: s3://lake/raw/}}\n{steps}{more}"
    warning = (
        "config.yaml:5  steps.embed: no step reads the model of this step, and it is not registered. "
        "Read it (`inputs: [embed.model]`), register it (`register: {model: embed}`), or remove the step"
    )
    assert (warning in list_warnings(text)) == expected


def test_a_missing_gate_is_a_warning() -> None:
    assert any("never registered" in warning for warning in list_warnings(SMALL))
    text = SMALL + "register: {}\n"
    assert any("every model that trains is registered" in warning for warning in list_warnings(text))


@pytest.mark.parametrize("value", ["a b", "'relu(x)'", "'a;b'", "'*'", "[1, 2]", "{first: a b}"])
def test_a_value_that_a_shell_changes(value: str) -> None:
    text = f"model: m\ntrain: {{framework: pytorch 2.6, hyperparameters: {{note: {value}}}}}\n"
    (warning,) = [warning for warning in list_warnings(text) if "shell" in warning]
    assert "train.hyperparameters.note: images of pytorch 2.6 may pass" in warning
    if value == "a b":
        assert warning.endswith(
            "images of pytorch 2.6 may pass 'a b' through a shell, which changes it: read the environment variable "
            "SM_HP_NOTE in train.py instead of --note"
        )


@pytest.mark.parametrize("value", ["1", "-1e-05", "relu", "src/model.py", "true", "{first: 10, second: 20}"])
def test_a_plain_value_gives_no_warning(value: str) -> None:
    text = f"model: m\ntrain: {{framework: pytorch 2.6, hyperparameters: {{note: {value}}}}}\n"
    assert not [warning for warning in list_warnings(text) if "shell" in warning]
    text = "model: m\ntrain: {framework: sklearn 1.2-1, hyperparameters: {note: a b}}\n"
    assert not [warning for warning in list_warnings(text) if "shell" in warning]  # this image has no shell


@pytest.mark.parametrize(
    ("address", "is_warned"),
    [
        ("s3://lake/raw/v1", True),
        ("s3://lake/raw/v1/", False),
        ("s3://lake/raw/v1/part.csv", False),
        ("s3://lake", False),
    ],
)
def test_a_prefix_that_matches_more_than_its_folder(address: str, is_warned: bool) -> None:
    text = f"model: m\ndata: {{raw: {address}}}\ntrain: {{framework: sklearn 1.2-1, channels: [raw]}}\n"
    expected = f"data.raw: also matches keys that only start so, such as {address}0/. End it with / if it is a folder"
    assert any(warning.endswith(expected) for warning in list_warnings(text)) is is_warned


def test_an_image_outside_of_ecr() -> None:
    text = "model: m\ntrain: {image: 'docker.io/library/python:3.11'}\n"
    expected = (
        "train.image: 'docker.io/library/python:3.11' is not an image in ECR, and SageMaker pulls from nowhere else: "
        "ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME:TAG"
    )
    assert any(warning.endswith(expected) for warning in list_warnings(text))
    ecr = "model: m\ntrain: {image: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/a:1'}\n"
    assert not [warning for warning in list_warnings(ecr) if "ECR" in warning]
