"""The steps of a config: what each reads, from where, and what it writes."""

from __future__ import annotations

from pushtrain.config import list_steps
from pushtrain.config.dataflow import list_data_names, list_evaluate_inputs, list_training_channels
from tests.unit.config.sample_configs import SMALL, load

DATA = "data: {raw: s3://lake/raw/, extra: data/x}\n"
PREPROCESS = "preprocess: {framework: sklearn 1.2-1, outputs: [train, test]}\n"
EVALUATE = "evaluate: {framework: sklearn 1.2-1}\n"


def list_mounts(text: str) -> dict[str, dict[str, tuple[str, str]]]:
    """Return step -> input -> (source, folder in the container)."""
    return {step.name: {i.name: (str(i.source), i.path) for i in step.inputs} for step in list_steps(load(text))}


def test_the_standard_steps_read_from_each_other() -> None:
    assert list_mounts(SMALL + DATA + PREPROCESS + EVALUATE) == {
        "preprocess": {
            "raw": ("data.raw", "/opt/ml/processing/input/raw"),
            "extra": ("data.extra", "/opt/ml/processing/input/extra"),
        },
        "train": {"train": ("preprocess.train", "/opt/ml/input/data/train")},
        "evaluate": {
            "model": ("train.model", "/opt/ml/processing/model"),
            "test": ("preprocess.test", "/opt/ml/processing/test"),
        },
    }


def test_a_step_waits_for_the_steps_that_it_reads_from() -> None:
    steps = {step.name: step.predecessors for step in list_steps(load(SMALL + DATA + PREPROCESS + EVALUATE))}
    assert steps == {"preprocess": set(), "train": {"preprocess"}, "evaluate": {"preprocess", "train"}}


def test_a_step_without_inputs_waits_for_none() -> None:
    (step,) = list_steps(load(SMALL))
    assert (step.name, step.inputs, step.outputs, step.predecessors) == ("train", (), (), frozenset())


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
