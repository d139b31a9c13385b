"""Which data each step reads, and names that lead nowhere."""

from __future__ import annotations

import pytest

from tests.unit.config.sample_configs import SMALL, list_problems, load

DATA = "data: {raw: s3://lake/raw/, extra: data/x}\n"
PREPROCESS = "preprocess: {framework: sklearn 1.2-1, outputs: [train, test]}\n"
EVALUATE = "evaluate: {framework: sklearn 1.2-1}\n"


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
