"""Jobs and endpoints run images of AWS and of the accounts of the platform only."""

from __future__ import annotations

import msgspec
import pytest

from pushtrain.config import load_config
from pushtrain.errors import ConfigError
from pushtrain.platform import Platform
from pushtrain.workflow.images import find_image_problem
from tests.unit.workflow.loaded import compile_loaded

AWS = msgspec.structs.replace(Platform.local(), local_option="", image_accounts=("210987654321",))
FOREIGN = "999999999999.dkr.ecr.us-east-1.amazonaws.com/serve:1"
FOREIGN_PROBLEM = (
    "is an image of account 999999999999. This platform runs images of AWS and of 123456789012, 210987654321 only. "
    "Copy it to ECR of 123456789012, or add the account to `image_accounts` in the settings of the platform"
)
TRAIN = "model: churn\ntrain: {framework: sklearn 1.2-1}\n"


@pytest.mark.parametrize(
    ("image", "problem"),
    [
        ("123456789012.dkr.ecr.us-east-1.amazonaws.com/serve:1", ""),
        ("210987654321.dkr.ecr.us-east-1.amazonaws.com/serve@sha256:0a", ""),
        ("763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-inference:2.6.0-cpu-py312", ""),
        (FOREIGN, FOREIGN_PROBLEM),
        (
            "docker.io/library/python:3.11",
            "is not an image in ECR, and SageMaker pulls from nowhere else. Push it to ECR of account 123456789012",
        ),
        (
            "123456789012.dkr.ecr.eu-west-1.amazonaws.com/serve:1",
            "is in eu-west-1, and SageMaker pulls images from its own region only: us-east-1. Copy it there, for "
            "example with ECR's replication",
        ),
    ],
)
def test_an_image_is_of_aws_or_of_the_accounts_of_the_platform(image: str, problem: str) -> None:
    assert find_image_problem(image, AWS) == problem


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (f"{TRAIN}register: {{inference: {{image: '{FOREIGN}'}}}}\n", "3  register.inference.image"),
        (f"model: churn\ntrain: {{image: '{FOREIGN}'}}\n", "2  train.image"),
        (
            f"{TRAIN}steps: {{clean: {{script: a.py, image: '{FOREIGN}'}}}}\n",
            "3  steps.clean.image",
        ),
    ],
)
def test_an_image_of_a_foreign_account_is_refused_with_its_line(text: str, place: str) -> None:
    loaded = load_config(text.encode())
    with pytest.raises(ConfigError) as error:
        compile_loaded(loaded, AWS)
    assert str(error.value) == f"config.yaml:{place}: {FOREIGN_PROBLEM}"
    assert compile_loaded(loaded, Platform.local())["States"]  # on this computer nothing is pulled
