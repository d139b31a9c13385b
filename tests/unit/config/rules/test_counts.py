"""How many inputs and outputs fit into the request of a job. tests/golden/config-errors has more messages."""

from __future__ import annotations

import pytest

from pushtrain.catalog.job_kinds import PROCESSING, TRAINING
from pushtrain.config.rules.counts import count_free_inputs
from tests.unit.config.sample_configs import list_problems, load

STEP = "model: churn\ndata: {raw: s3://lake/raw/}\ndefaults: {framework: sklearn 1.2-1}\n"
ISOLATED = "network: {isolation: true}\n"


def list_sources(count: int) -> str:
    return ", ".join(f"n{number}: data.raw" for number in range(count))


def test_the_code_is_an_input_of_processing_and_of_isolated_training() -> None:
    assert (count_free_inputs(PROCESSING, isolated=False), count_free_inputs(PROCESSING, isolated=True)) == (9, 9)
    assert (count_free_inputs(TRAINING, isolated=False), count_free_inputs(TRAINING, isolated=True)) == (20, 19)


@pytest.mark.parametrize(
    ("kind", "network", "limit", "problem"),
    [
        ("processing", "", 9, "10 inputs are too many; a processing job reads at most 9 beside its code"),
        (
            "training",
            ISOLATED,
            19,
            "20 inputs are too many; a training job with `network.isolation` reads at most 19 beside its code",
        ),
    ],
)
def test_one_input_more_than_the_limit(kind: str, network: str, limit: int, problem: str) -> None:
    text = f"{STEP}{network}steps:\n  fit: {{kind: {kind}, script: a.py, inputs: {{INPUTS}}}}\n"
    assert load(text.replace("INPUTS", list_sources(limit)))
    line = len(text.splitlines())
    assert list_problems(text.replace("INPUTS", list_sources(limit + 1))) == [
        f"config.yaml:{line}  steps.fit.inputs: {problem}. List only those it needs"
    ]


def test_twenty_data_entries_are_the_channels_of_one_training_job() -> None:
    entries = ", ".join(f"d{number}: s3://lake/{number}/" for number in range(20))
    text = f"model: churn\ndata: {{{entries}}}\ntrain: {{framework: sklearn 1.2-1}}\n"
    assert load(text)
    assert list_problems(text + ISOLATED) == [
        "config.yaml:2  data: 20 entries are too many; "
        "a training job with `network.isolation` reads at most 19 beside its code"
    ]
    channels = text.replace("1.2-1}", f"1.2-1, channels: [{', '.join(f'd{number}' for number in range(20))}]}}")
    assert list_problems(channels + ISOLATED) == [
        "config.yaml:3  train.channels: 20 inputs are too many; a training job with `network.isolation` "
        "reads at most 19 beside its code. List only those it needs"
    ]


def test_evaluation_is_an_output_beside_those_that_evaluate_lists() -> None:
    names = [f"o{number}" for number in range(10)]
    text = "model: churn\ntrain: {framework: sklearn 1.2-1}\nevaluate: {framework: sklearn 1.2-1, outputs: [OUTPUTS]}\n"
    assert load(text.replace("OUTPUTS", ", ".join(names[:9])))
    assert load(text.replace("OUTPUTS", ", ".join([*names[:9], "evaluation"])))
    assert list_problems(text.replace("OUTPUTS", ", ".join(names))) == [
        "config.yaml:3  evaluate.outputs: 10 outputs are too many; "
        "a processing job writes at most 9 beside 'evaluation'. Write two into one folder"
    ]
