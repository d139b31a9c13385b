"""Which changes of a model repo change the keys of which steps."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from pushtrain.config import list_steps, load_config
from pushtrain.reuse import StepContent, build_step_keys

CONTENT = StepContent(
    files={"train.py": "1" * 64, "requirements.txt": "2" * 64},
    data={"raw": "s3://lake/raw/"},
    images=dict.fromkeys(("preprocess", "train", "evaluate"), "image:1"),
)
CONFIG = """
model: churn
data: {raw: s3://lake/raw/}
preprocess: {framework: sklearn 1.2-1, arguments: {rows: 10}}
train: {framework: sklearn 1.2-1, hyperparameters: {depth: 4}}
evaluate: {framework: sklearn 1.2-1}
"""


def build(config: str = CONFIG, **changes: Any) -> dict[str, str]:
    return build_step_keys(list_steps(load_config(config.encode()).config), replace(CONTENT, **changes))


def find_changed_steps(config: str = CONFIG, **changes: Any) -> list[str]:
    before, after = build(), build(config, **changes)
    return [step for step in before if after.get(step) != before[step]]


def test_each_step_has_a_key_of_its_own() -> None:
    keys = build()
    assert [*keys] == ["preprocess", "train", "evaluate"]
    assert len(set(keys.values())) == 3
    assert all(re.fullmatch("[0-9a-f]{64}", key) for key in keys.values())
    assert keys == build()


@pytest.mark.parametrize(
    "setting",
    [
        "instance: ml.g5.xlarge",
        "volume: 100GB",
        "max_runtime: 2h",
        "keep_alive: 1h",
        "retries: 3",
        "channels: [train]",  # as by default
    ],
)
def test_settings_that_cannot_change_the_result_are_not_in_the_key(setting: str) -> None:
    assert find_changed_steps(CONFIG.replace("{depth: 4}", f"{{depth: 4}}, {setting}")) == []


def test_tags_are_not_in_the_key() -> None:
    assert find_changed_steps(f"{CONFIG}tags: {{team: a}}\n") == []


@pytest.mark.parametrize(
    "setting",
    [
        "script: other.py",
        "environment: {MODE: fast}",
        "instances: 2",
        "checkpoint: /opt/ml/checkpoints",
        "channels: [train, test]",
        "sagemaker: {DebugHookConfig: {S3OutputPath: s3://b/c}}",
    ],
)
def test_settings_that_can_change_the_result_change_the_step_and_those_that_read_from_it(setting: str) -> None:
    assert find_changed_steps(CONFIG.replace("{depth: 4}", f"{{depth: 4}}, {setting}")) == ["train", "evaluate"]


def test_parameters_are_in_the_key() -> None:
    assert find_changed_steps(CONFIG.replace("depth: 4", "depth: 5")) == ["train", "evaluate"]
    assert find_changed_steps(CONFIG.replace("rows: 10", "rows: 11")) == ["preprocess", "train", "evaluate"]


def test_the_image_counts_and_not_the_word_for_it() -> None:
    assert (
        find_changed_steps(
            CONFIG.replace(
                "evaluate: {framework: sklearn 1.2-1}",
                "evaluate: {image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/own:1}",
            )
        )
        == []
    )
    assert find_changed_steps(images={**CONTENT.images, "evaluate": "image:2"}) == ["evaluate"]


def test_files_and_data_are_in_the_key() -> None:
    every_step = ["preprocess", "train", "evaluate"]
    assert find_changed_steps(files={**CONTENT.files, "net.py": "3" * 64}) == every_step
    assert find_changed_steps(files={**CONTENT.files, "train.py": "4" * 64}) == every_step
    assert find_changed_steps(data={"raw": "s3://lake/new/"}) == every_step
