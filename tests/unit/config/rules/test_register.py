"""Rules about the gate, the registry's metadata and serving."""

from __future__ import annotations

import pytest

from pushtrain.config import find_serving_framework
from tests.unit.config.sample_configs import FULL, SMALL, list_problems, load

OWN_IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/serve:1"
GATED = SMALL + "evaluate: {framework: sklearn 1.2-1}\n"


def test_the_version_that_trains_serves_unless_another_is_named() -> None:
    assert str(find_serving_framework(load(FULL))) == "pytorch 2.6.0"
    sklearn = FULL.replace("inference: {instances: [ml.g5.xlarge]", "inference: {framework: sklearn 1.2-1")
    assert str(find_serving_framework(load(sklearn))) == "sklearn 1.2-1"
    assert find_serving_framework(load(FULL.replace("inference: {", f"inference: {{image: '{OWN_IMAGE}', "))) is None
    assert find_serving_framework(load(SMALL)) is None


def test_conditions_need_an_evaluate_step() -> None:
    assert list_problems(SMALL + "register: {when: [{metric: f1, above: 0}]}\n") == [
        "config.yaml:3  register.when: has conditions, but there is no `evaluate:` step to write evaluation.json. "
        "Add the step"
    ]


@pytest.mark.parametrize(
    ("second", "problem"),
    [
        ("above: 0.6", "[1].above: 'f1' has above twice. Keep one"),
        ("below: 0.2", "[1]: 'f1' cannot be both more than 0.5 and less than 0.2. Change one of them"),
    ],
)
def test_conditions_agree(second: str, problem: str) -> None:
    text = f"{GATED}register: {{when: [{{metric: f1, above: 0.5}}, {{metric: f1, {second}}}]}}\n"
    assert list_problems(text) == [f"config.yaml:4  register.when{problem}"]


@pytest.mark.parametrize(
    ("bounds", "listed"),
    [
        (("above: 0.5", "below: 0.5"), "above: 0.5, below: 0.5"),
        (("at_least: 5", "below: 5"), "at_least: 5, below: 5"),
        (("above: 5", "at_most: 5"), "above: 5, at_most: 5"),
    ],
    ids=str,
)
def test_a_bound_that_is_excluded_leaves_no_value(bounds: tuple[str, str], listed: str) -> None:
    conditions = ", ".join(f"{{metric: f1, {bound}}}" for bound in bounds)
    problem = f"no value of 'f1' meets all its bounds ({listed}). Change one of them"
    assert list_problems(f"{GATED}register: {{when: [{conditions}]}}\n") == [
        f"config.yaml:4  register.when[1]: {problem}"
    ]


@pytest.mark.parametrize(
    "bounds",
    [("at_least: 5", "at_most: 5"), ("at_least: 5", "above: 5"), ("above: 0.4", "below: 0.5")],
    ids=str,
)
def test_bounds_that_leave_a_value_agree(bounds: tuple[str, str]) -> None:
    conditions = ", ".join(f"{{metric: f1, {bound}}}" for bound in bounds)
    assert len(load(f"{GATED}register: {{when: [{conditions}]}}\n").conditions) == len(bounds)


def test_instances_of_different_kinds_cannot_share_an_image() -> None:
    text = SMALL + "register: {inference: {instances: [ml.m5.large, ml.g5.xlarge]}}\n"
    assert list_problems(text) == [
        "config.yaml:3  register.inference.instances: one image serves all instances, so all must be of one kind. "
        "Found ml.m5.large (CPU), ml.g5.xlarge (GPU)"
    ]


def list_serving_problems(inference: str) -> list[str]:
    return list_problems(f"{SMALL}register: {{inference: {{{inference}}}}}\n")


@pytest.mark.parametrize(
    "variable",
    [
        "SAGEMAKER_SUBMIT_DIRECTORY: 's3://lake/sourcedir.tar.gz'",
        "SAGEMAKER_SUBMIT_DIRECTORY: /opt/ml/model/../../tmp",
        "SAGEMAKER_SUBMIT_DIRECTORY: /opt/ml/models",
        "HF_MODEL_ID: somebody/model",
        "ANYTHING: '--extra-index-url HTTPS://pypi.example'",
        "ANYTHING: 'http://example.org/code.zip'",
    ],
)
def test_an_endpoint_loads_code_from_the_archive_only(variable: str) -> None:
    name, _, value = variable.partition(": ")
    quoted = f"'{value.strip(chr(39))}'"
    assert list_serving_problems(f"environment: {{{variable}}}") == [
        f"config.yaml:3  register.inference.environment.{name}: {quoted} is outside of the model's archive, so what "
        "the endpoint loads could change after the approval. Put it into the model, and write /opt/ml/model or a "
        "folder in it"
    ]


@pytest.mark.parametrize(
    "variable",
    [
        "SAGEMAKER_SUBMIT_DIRECTORY: /opt/ml/model/code",
        "HF_MODEL_ID: /opt/ml/model",
        "SAGEMAKER_PROGRAM: inference.py",
        "THRESHOLD: '0.5'",
    ],
)
def test_other_variables_are_free(variable: str) -> None:
    assert load(f"{SMALL}register: {{inference: {{environment: {{{variable}}}}}}}\n").registration


def test_the_image_that_serves_is_in_ecr() -> None:
    assert list_serving_problems("image: 'docker.io/library/python:3.11'") == [
        "config.yaml:3  register.inference.image: 'docker.io/library/python:3.11' is not an image in ECR, and an "
        "endpoint pulls from nowhere else. Write ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME:TAG"
    ]
    assert load(f"{SMALL}register: {{inference: {{image: '{OWN_IMAGE}'}}}}\n").registration
