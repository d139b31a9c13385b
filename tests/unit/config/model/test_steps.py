"""The steps: their defaults, and values that depend on others."""

from __future__ import annotations

from pushtrain.config import load_config
from tests.unit.config.sample_configs import FULL, list_problems, load, load_train


def test_spot_sets_max_wait_and_checkpoint() -> None:
    train = load_train(FULL, "dev")
    assert (train.max_wait, train.checkpoint) == (3 * 3600, "/opt/ml/checkpoints")
    text = "model: m\ntrain: {framework: pytorch 2.6, spot: true, max_wait: 30h, checkpoint: /tmp/state/}"
    own = load_train(text)
    assert (own.max_wait, own.checkpoint) == (30 * 3600, "/tmp/state")


def test_numbers_of_hyperparameters_stay_numbers() -> None:
    assert load_train(FULL).hyperparameters["lr"] == 0.001


def test_preprocess_and_evaluate_have_defaults() -> None:
    config = load(FULL)
    assert config.preprocess is not None
    assert config.evaluate is not None
    assert (config.preprocess.script, config.preprocess.outputs) == ("preprocessing.py", ("train", "test"))
    assert (config.evaluate.script, config.evaluate.inputs) == ("evaluation.py", None)
    assert (config.evaluate.instance, config.evaluate.max_runtime) == ("ml.m5.large", 3600)


def test_a_processing_job_has_a_shorter_time_limit_than_training() -> None:
    text = "model: m\ntrain: {framework: pytorch 2.6, max_runtime: 28d}\nevaluate: {image: x, max_runtime: 28d}\n"
    assert list_problems(text) == [
        "config.yaml:3  evaluate.max_runtime: 28d is out of range: the time limit of a processing job must be "
        "between 1s and 9d"
    ]


def test_arguments_may_be_a_list_of_texts() -> None:
    text = "model: m\ntrain: {image: x}\npreprocess: {image: x, arguments: ARGUMENTS}\n"
    preprocess = load(text.replace("ARGUMENTS", '[--verbose, --drop, id, --drop, ""]')).preprocess
    assert preprocess is not None
    assert preprocess.arguments == ("--verbose", "--drop", "id", "--drop", "")
    items = ", ".join("a" for _ in range(101))
    for arguments, problem in {
        "[--rows, 100]": '[1]: expected text, found the number 100. Quote it: "100"',
        "[{a: 1}]": "[0]: expected text, found a mapping",
        '["a\\nb"]': "[0]: 'a\\nb' is not an argument. Use at most 256 characters on one line",
        f"[{items}]": ": expected at most 100 entries",
        "verbose": ": expected a list or a mapping, found the text 'verbose'. Write arguments: [verbose]",
    }.items():
        assert list_problems(text.replace("ARGUMENTS", arguments)) == [f"config.yaml:3  preprocess.arguments{problem}"]


def test_an_argument_has_one_value_or_several() -> None:
    text = "model: m\ntrain: {image: x}\npreprocess: {image: x, arguments: {a: 1, b: [1, x, true]}}\n"
    preprocess = load_config(text.encode()).config.preprocess
    assert preprocess is not None
    assert preprocess.arguments == {"a": 1, "b": (1, "x", True)}
    assert list_problems(text.replace("[1, x, true]", "{c: 1}")) == [
        "config.yaml:3  preprocess.arguments.b: expected text, a number, true or false, found a mapping"
    ]


def test_an_argument_that_is_written_as_null_is_a_flag() -> None:
    text = """model: m
train: {image: x}
preprocess: {image: x, arguments: {verbose: null, drop: true}}
environments: {prod: {preprocess: {arguments: {verbose: null}}}}
"""
    preprocess = load_config(text.encode()).config.preprocess
    assert preprocess is not None
    assert preprocess.arguments == {"verbose": None, "drop": True}
    in_prod = load_config(text.encode(), environment="prod").config.preprocess
    assert in_prod is not None
    assert in_prod.arguments == {"drop": True}  # as everywhere in an environment, null removes
    assert list_problems(text.replace("verbose: null, drop", "verbose: , drop")) == [
        "config.yaml:3  preprocess.arguments.verbose: is empty. Give it a value, or write null to pass it without one"
    ]
    assert list_problems(text.replace("{image: x}", "{image: x, hyperparameters: {verbose: null}}")) == [
        "config.yaml:2  train.hyperparameters.verbose: is empty. Give it a value or remove it"
    ]
