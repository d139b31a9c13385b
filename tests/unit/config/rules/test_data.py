"""Which data each step reads, and names that lead nowhere."""

from __future__ import annotations

import pytest

from pushtrain.config import list_evaluate_inputs, list_training_channels
from pushtrain.config.rules.data import list_data_names
from tests.unit.config.sample_configs import SMALL, list_problems, load

DATA = "data: {raw: s3://lake/raw/, extra: data/x}\n"
PREPROCESS = "preprocess: {framework: sklearn 1.2-1, outputs: [train, test]}\n"
EVALUATE = "evaluate: {framework: sklearn 1.2-1}\n"


def test_without_preprocess_train_and_evaluate_read_the_data() -> None:
    config = load(SMALL + DATA + EVALUATE)
    assert list_training_channels(config) == ("raw", "extra")
    assert list_evaluate_inputs(config) == ("raw", "extra")


def test_with_preprocess_train_reads_its_outputs_and_evaluate_only_test() -> None:
    config = load(SMALL + DATA + PREPROCESS + EVALUATE)
    assert list_training_channels(config) == ("train",)
    assert list_evaluate_inputs(config) == ("test",)
    assert list_data_names(config) == ("train", "test", "raw", "extra")


def test_names_in_config_win_over_the_defaults() -> None:
    text = (SMALL + DATA + PREPROCESS + EVALUATE).replace("pytorch 2.6", "pytorch 2.6, channels: [raw]")
    config = load(text.replace("evaluate: {", "evaluate: {inputs: [model, extra], "))
    assert list_training_channels(config) == ("raw",)
    assert list_evaluate_inputs(config) == ("extra",)


@pytest.mark.parametrize(
    ("train", "problem"),
    [
        (
            "channels: [rwa]",
            "channels[0]: 'rwa' is neither a preprocess output nor a data name. Did you mean 'raw'? "
            "(there are: raw, extra)",
        ),
        ("channels: [raw, raw]", "channels[1]: 'raw' is given twice"),
        (
            "script: data/x/train.py",
            "script: 'data/x/train.py' lies in data.extra (data/x/), and data is not packed with the code. "
            "Move the script",
        ),
    ],
)
def test_problems(train: str, problem: str) -> None:
    text = SMALL.replace("pytorch 2.6", f"pytorch 2.6, {train}") + DATA
    assert list_problems(text) == [f"config.yaml:2  train.{problem}"]


def test_ten_data_entries_are_one_too_many_for_preprocess() -> None:
    entries = ", ".join(f"d{number}: s3://lake/{number}/" for number in range(10))
    assert list_problems(f"{SMALL}data: {{{entries}}}\n{PREPROCESS}") == [
        "config.yaml:3  data: 10 entries are too many; a processing job reads at most 9 beside its code"
    ]
    assert load(f"{SMALL}data: {{{entries}}}\n").data
