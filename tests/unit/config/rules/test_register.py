"""Rules about the gate, the registry's metadata and serving."""

from __future__ import annotations

import pytest

from pushtrain.config import REPORT_METADATA, find_serving_framework
from pushtrain.config.rules.register import ARTIFACT_METADATA, MAX_METADATA, OWN_METADATA
from pushtrain.platform import Platform
from pushtrain.record import RUN_METADATA
from pushtrain.workflow.registration import build_model_package_request
from tests.unit.config.sample_configs import FULL, SMALL, list_problems, load

GATED = SMALL + "evaluate: {framework: sklearn 1.2-1}\n"


def test_the_version_that_trains_serves_unless_another_is_named() -> None:
    assert str(find_serving_framework(load(FULL))) == "pytorch 2.6.0"
    sklearn = FULL.replace("inference: {instances: [ml.g5.xlarge]", "inference: {framework: sklearn 1.2-1")
    assert str(find_serving_framework(load(sklearn))) == "sklearn 1.2-1"
    assert find_serving_framework(load(FULL.replace("inference: {", "inference: {image: mine, "))) is None
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


def test_the_rule_counts_the_metadata_that_a_model_package_gets() -> None:
    package = build_model_package_request(load(FULL), Platform.local(""))
    names = {key.removesuffix(".$") for key in package["CustomerMetadataProperties"]}
    data_and_metrics = {name for name in names if name.startswith(("data.", "metric."))}
    own_names = {"revision", "run", "config", "environment", "pushed_by", "author", "report", *ARTIFACT_METADATA}
    assert names - data_and_metrics == own_names
    assert {*RUN_METADATA, REPORT_METADATA, *ARTIFACT_METADATA} == own_names
    assert len(own_names) < OWN_METADATA < MAX_METADATA
