"""Which changes of a model repo change the keys of which steps."""

from __future__ import annotations

import re
from typing import Any

import pytest
from msgspec.structs import replace

from pushtrain.config import list_steps, load_config
from pushtrain.config.model.config import Config
from pushtrain.config.model.own_steps import OWN_STEPS
from pushtrain.reuse import StepContent, StepKey, build_step_keys, build_version_key
from pushtrain.reuse.step_key import IGNORED_SETTINGS

STEPS = ("preprocess", "train", "evaluate")
FILES = {"train.py": "1" * 64, "requirements.txt": "2" * 64}
CONTENT = StepContent(
    template="train",
    files=dict.fromkeys(STEPS, FILES),
    data={"raw": "s3://lake/raw/"},
    images=dict.fromkeys(STEPS, "image:1"),
)
CONFIG = """
model: churn
data: {raw: s3://lake/raw/}
preprocess: {framework: sklearn 1.2-1, arguments: {rows: 10}}
train: {framework: sklearn 1.2-1, hyperparameters: {depth: 4}}
evaluate: {framework: sklearn 1.2-1}
"""


def build_keys(config: str = CONFIG, **changes: Any) -> dict[str, StepKey]:
    steps = list_steps(load_config(config.encode()).config)
    content = replace(CONTENT, **changes)
    return build_step_keys(steps, replace(content, files={step.name: FILES for step in steps} | dict(content.files)))


def build(config: str = CONFIG, **changes: Any) -> dict[str, str | None]:
    return {step: key.key for step, key in build_keys(config, **changes).items()}


def find_changed_steps(config: str = CONFIG, **changes: Any) -> list[str]:
    before, after = build(), build(config, **changes)
    return [step for step in before if after.get(step) != before[step]]


def test_each_step_has_a_key_of_its_own() -> None:
    keys = build()
    assert [*keys] == ["preprocess", "train", "evaluate"]
    assert len(set(keys.values())) == 3
    assert all(re.fullmatch("[0-9a-f]{64}", key or "") for key in keys.values())
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
        "cache: 30d",
        "reads: [train.py]",  # what it leaves out is not among the files
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
    every_step = [*STEPS]
    assert find_changed_steps(files={step: {**FILES, "net.py": "3" * 64} for step in STEPS}) == every_step
    assert find_changed_steps(files={**CONTENT.files, "evaluate": {**FILES, "metrics.py": "4" * 64}}) == ["evaluate"]
    assert find_changed_steps(files={**CONTENT.files, "train": {"train.py": "4" * 64}}) == ["train", "evaluate"]
    assert find_changed_steps(runtime="Python 3.12.1, x86_64") == every_step
    assert find_changed_steps(data={"raw": "s3://lake/new/"}) == every_step
    assert find_changed_steps(template="own") == every_step


def test_a_step_has_no_key_if_its_data_or_its_image_is_not_known() -> None:
    assert build(data={"raw": None}) == dict.fromkeys(("preprocess", "train", "evaluate"))
    keys = build(images={**CONTENT.images, "train": None})
    assert [step for step, key in keys.items() if key is None] == ["train", "evaluate"]  # evaluate reads the model
    other_data = {"raw": "1", "new": None}
    assert None not in build(CONFIG.replace("churn\n", "churn\n", 1), data=other_data).values()  # no step reads it


def test_values_that_a_script_reads_as_other_texts_are_other_values() -> None:
    values = ("1", "1.0", "'1'", "true")
    assert len({build(CONFIG.replace("depth: 4", f"depth: {value}"))["train"] for value in values}) == len(values)


def test_what_is_ignored_are_settings_of_steps() -> None:
    """A setting that is renamed would count without a word."""
    sections = [*OWN_STEPS.values(), *(type(step) for step in load_config(CONFIG.encode()).config.steps.values())]
    settings = {name for section in sections for name in section.model_fields}
    assert settings >= IGNORED_SETTINGS
    assert settings - IGNORED_SETTINGS == {
        *("script", "instances", "environment", "sagemaker", "kind_name", "arguments", "hyperparameters"),
        *("metrics", "checkpoint", "distribution", "tune"),
        *("accept", "content_type", "split", "strategy"),
    }


def load(config: str) -> Config:
    return load_config(config.encode()).config


def test_the_key_of_a_version_covers_its_model_and_its_evaluation() -> None:
    config = load(CONFIG)
    key = build_version_key(config, build_keys())
    assert key == build_version_key(
        config, build_keys(CONFIG.replace("depth: 4}", "depth: 4}, instance: ml.g5.xlarge"))
    )
    changed = (CONFIG.replace("rows: 10", "rows: 11"), CONFIG.replace("evaluate: {", "evaluate: {arguments: {k: 1}, "))
    keys = [build_version_key(config, build_keys(text)) for text in changed]
    assert len({key, *keys}) == 3
    assert None not in {key, *keys}


@pytest.mark.parametrize("step", ["train", "evaluate"])
def test_a_version_has_no_key_if_a_step_that_it_depends_on_has_none(step: str) -> None:
    assert build_version_key(load(CONFIG), build_keys(images={**CONTENT.images, step: None})) is None


def test_a_version_does_not_depend_on_other_steps() -> None:
    config = f"{CONFIG}steps: {{plot: {{framework: sklearn 1.2-1, script: plot.py, inputs: [data.raw]}}}}\n"
    keys = build_keys(config, images={**CONTENT.images, "plot": None})
    assert keys["plot"] == StepKey()
    assert build_version_key(load(config), keys) == build_version_key(load(CONFIG), build_keys())


def test_a_file_without_a_model_has_no_key_of_a_version() -> None:
    config = "model: churn\nsteps: {plot: {framework: sklearn 1.2-1, script: plot.py}}\n"
    keys = build_keys(config, images={"plot": "image:1"})
    assert keys["plot"].key
    assert build_version_key(load(config), keys) is None


def test_the_parts_of_a_key_say_what_differs() -> None:
    def find_parts(config: str = CONFIG, **changes: Any) -> set[str]:
        before, after = build_keys()["train"].parts, build_keys(config, **changes)["train"].parts
        return {part for part in before if before[part] != after[part]}

    assert find_parts() == set()
    assert find_parts(CONFIG.replace("depth: 4", "depth: 5")) == {"settings"}
    assert find_parts(CONFIG.replace("rows: 10", "rows: 11")) == {"inputs"}
    assert find_parts(images={**CONTENT.images, "train": "image:2"}) == {"image"}
    assert find_parts(files={**CONTENT.files, "train": {}}) == {"files"}
    assert find_parts(template="own") == {"template", "inputs"}  # of the step that it reads from too


def test_other_inference_code_trains_again() -> None:
    """The files are in the key; so is the list, because the same files may get other names in the model."""
    before = build(f"{CONFIG}register: {{inference: {{code: [inference.py, features/]}}}}\n")
    after = build(f"{CONFIG}register: {{inference: {{code: [inference.py]}}}}\n")
    assert before["train"] not in {after["train"], build()["train"]}
    assert before["preprocess"] == after["preprocess"] == build()["preprocess"]


def test_a_tag_that_was_moved_changes_the_keys_of_the_steps_that_use_it() -> None:
    before, moved = ({"image:1": f"sha256:{digit * 64}"} for digit in "12")
    assert build(digests=before) == build(digests=before)
    assert not {*build(digests=before).values()} & {*build(digests=moved).values()}
    assert not {*build(digests=before).values()} & {*build().values()}  # it became known
    assert build(digests={"image:2": "sha256:3"}) == build()
