"""A list of instance types beside the other keys of its step."""

from __future__ import annotations

import pytest

from pushtrain.config.rules.instances import explain_mixed_storage
from tests.unit.config.sample_configs import list_problems, list_warnings, load, load_train

GPUS = "[ml.g5.xlarge, ml.g4dn.2xlarge]"
ONE = "write one type, `instance: ml.g5.xlarge`"
STORAGE = (
    "SageMaker refuses a key for the volume of ml.g5.xlarge, which encrypts its own disks, and the other types need "
    "one. List only types with disks of their own, or only types without"
)


def write(train: str, more: str = "") -> str:
    return f"model: m\n{more}train: {{framework: pytorch 2.6, {train}}}\n"


@pytest.mark.parametrize(
    ("train", "problem"),
    [
        ("instance: [ml.g5.xlarge, ml.g5.xlarge]", "instance[1]: 'ml.g5.xlarge' is given twice"),
        (
            "instance: [ml.g5.xlrge]",
            "instance[0]: 'ml.g5.xlrge' is not a SageMaker training instance. Did you mean 'ml.g5.xlarge'?",
        ),
        ("instance: [5]", "instance[0]: expected text, found the number 5"),
        ("instance: []", "instance: expected 1 entry or more, found none"),
        ("instance: {a: b}", "instance: expected text, found a mapping"),
        (
            "instance: [ml.g5.xlarge, ml.g5.2xlarge, ml.g5.4xlarge, ml.g5.8xlarge, ml.g5.12xlarge, ml.g5.16xlarge]",
            "instance: expected at most 5 entries",
        ),
        (
            f"instance: {GPUS}, spot: true",
            f"spot: SageMaker chooses among several instance types only on demand. Remove spot, or {ONE}",
        ),
        (
            f"instance: {GPUS}, keep_alive: 30m",
            f"keep_alive: AWS does not document warm pools for several instance types. Remove keep_alive, or {ONE}",
        ),
        (
            "instance: [ml.p4d.24xlarge, ml.p4de.24xlarge], instances: 2, distribution: smdistributed",
            "instance: this launcher must know the instance type before the job starts. "
            "Write `instance: ml.p4d.24xlarge`",
        ),
        (
            "instance: [ml.g5.xlarge, ml.m5.xlarge]",
            "instance: a job has one image, and ml.m5.xlarge needs another one than ml.g5.xlarge. "
            "List types with GPUs only, or types without",
        ),
    ],
)
def test_each_mistake_is_one_problem(train: str, problem: str) -> None:
    (found,) = list_problems(write(train))
    assert found.startswith(f"config.yaml:2  train.{problem}")


def test_a_key_for_volumes_fits_all_types_or_none() -> None:
    types = "instance: [ml.p3.2xlarge, ml.g5.xlarge]"
    assert list_problems(write(types, "kms: {volume: alias/mine}\n")) == [f"config.yaml:3  train.instance: {STORAGE}"]
    assert load(write(types))
    assert explain_mixed_storage(("ml.p3.2xlarge", "ml.g5.xlarge")) == STORAGE
    assert explain_mixed_storage(("ml.g5.xlarge", "ml.g4dn.xlarge")) == ""
    assert explain_mixed_storage(("ml.m5.xlarge", "ml.c5.xlarge")) == ""


def test_the_first_type_is_the_preferred_one() -> None:
    train = load_train(write(f"instance: {GPUS}"))
    assert (train.instance, train.instance_types) == ("ml.g5.xlarge", ("ml.g5.xlarge", "ml.g4dn.2xlarge"))
    assert train.model_dump(by_alias=True)["instance"] == ["ml.g5.xlarge", "ml.g4dn.2xlarge"]
    assert load_train(write("instance: [ml.g5.xlarge]")) == load_train(write("instance: ml.g5.xlarge"))
    assert load_train(write("instance: ml.g5.xlarge")).model_dump(by_alias=True)["instance"] == "ml.g5.xlarge"


def test_an_own_image_may_run_on_any_types_and_aws_may_refuse_the_list() -> None:
    text = "model: m\ntrain: {image: 'mine:1', instance: [ml.g5.xlarge, ml.m5.xlarge]}\n"
    assert (
        "config.yaml:2  train.instance: AWS may refuse InstancePreferences in a state machine: "
        "AWS does not document it there"
    ) in list_warnings(text)
    overlay = f"{text}environments:\n  prod: {{train: {{instance: ml.p3.2xlarge, spot: true}}}}\n"
    assert load_train(overlay, "prod").instance_types == ("ml.p3.2xlarge",)
