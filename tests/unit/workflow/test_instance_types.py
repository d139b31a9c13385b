"""The instance types that a platform allows, asked for in config.yaml."""

from __future__ import annotations

import msgspec
import pytest

from pushtrain.config import load_config
from pushtrain.errors import TemplateError
from pushtrain.platform import Platform
from pushtrain.workflow import compile_workflow
from pushtrain.workflow.instance_types import find_instance_problem

LIMITED = msgspec.structs.replace(Platform.local(), instance_types=("ml.m5.*", "ml.g4dn.xlarge"))


@pytest.mark.parametrize(
    ("types", "problem"),
    [
        (["ml.m5.large", "ml.g4dn.xlarge"], ""),
        ([], ""),
        (
            ["ml.m5d.large"],
            "ml.m5d.large is no instance type that jobs of this platform may use. Choose among ml.m5.*, ml.g4dn.xlarge",
        ),
        (
            ["ml.m5.large", "ml.g4dn.2xlarge", "ml.p4d.24xlarge"],
            "ml.g4dn.2xlarge, ml.p4d.24xlarge are no instance types that jobs of this platform may use. Choose among "
            "ml.m5.*, ml.g4dn.xlarge",
        ),
    ],
)
def test_a_type_is_one_of_the_platforms(types: list[str], problem: str) -> None:
    assert find_instance_problem(types, LIMITED) == problem
    assert find_instance_problem(types, Platform.local()) == ""


def test_a_step_with_another_type_is_refused_at_its_key() -> None:
    text = b"model: churn\ntrain: {framework: sklearn 1.2-1, instance: ml.c5.xlarge}\n"
    with pytest.raises(TemplateError) as error:
        compile_workflow(load_config(text).config, LIMITED)
    assert str(error.value) == (
        "train.instance: ml.c5.xlarge is no instance type that jobs of this platform may use. Choose among ml.m5.*, "
        "ml.g4dn.xlarge"
    )
