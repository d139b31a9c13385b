"""Values that a script's own parser would misread are found without running it."""

from __future__ import annotations

import pytest

from pushtrain.config import load_config, warn_misread_values
from pushtrain.config.arguments import find_boolean_arguments

SCRIPT = b"""
import argparse
parser = argparse.ArgumentParser()
parser.add_argument("--shuffle", "-s", type=bool, default=True)
parser.add_argument("--verbose", action="store_true")
parser.add_argument("--epochs", type=int)
"""
CONFIG = """model: m
data: {raw: data/raw.csv}
preprocess: {framework: sklearn 1.2-1, arguments: {verbose: true, epochs: 3}}
train:
  framework: sklearn 1.2-1
  hyperparameters: {shuffle: false, epochs: 3, other: true}
"""


def test_true_and_false_for_such_arguments_are_warned_about_with_their_line() -> None:
    sources = {"train.py": SCRIPT, "preprocessing.py": SCRIPT}
    warnings = [str(warning) for warning in warn_misread_values(load_config(CONFIG.encode()), sources)]
    remedy = "Read the text in the script, for example type=lambda text: text.lower() == 'true'"
    assert warnings == [
        "config.yaml:3  preprocess.arguments.verbose: preprocessing.py declares a flag (store_true), which takes no "
        "value and fails with one. Write verbose: null to pass it, or remove it",
        "config.yaml:6  train.hyperparameters.shuffle: train.py uses type=bool, which makes True of every text, of "
        f"'False' too. {remedy}",
    ]


@pytest.mark.parametrize(
    "source", [b"def (", b"\x00", b"parser.add_argument(*names)", b"add_argument('--a', type=bool)"]
)
def test_what_cannot_be_read_says_nothing(source: bytes) -> None:
    assert find_boolean_arguments(source) == {}
