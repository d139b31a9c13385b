"""The steps of a config: what each reads, from where, and what it writes."""

from __future__ import annotations

from pushtrain.config import find_evaluation_source, find_model_source, find_trainer, list_steps
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


def list_sources(text: str, step: str) -> list[str]:
    return [source for source, _ in list_mounts(text)[step].values()]


def test_without_preprocess_train_and_evaluate_read_the_data() -> None:
    assert list_sources(SMALL + DATA + EVALUATE, "train") == ["data.raw", "data.extra"]
    assert list_sources(SMALL + DATA + EVALUATE, "evaluate") == ["train.model", "data.raw", "data.extra"]


def test_names_in_config_win_over_the_defaults() -> None:
    text = (SMALL + DATA + PREPROCESS + EVALUATE).replace("pytorch 2.6", "pytorch 2.6, channels: [raw]")
    text = text.replace("evaluate: {", "evaluate: {inputs: [model, extra], ")
    assert list_sources(text, "train") == ["data.raw"]
    assert list_sources(text, "evaluate") == ["train.model", "data.extra"]


GRAPH = """\
model: churn
data: {raw: {local: data, path: /opt/ml/processing/input}, labels: s3://lake/labels/}
steps:
  join: {script: join.py, framework: sklearn 1.2-1, inputs: [clean.rows, data.labels], outputs: [all, test]}
  clean: {script: clean.py, framework: sklearn 1.2-1, inputs: [data.raw], outputs: {rows: /opt/ml/processing/out/rows}}
  embed: {kind: training, script: embed.py, framework: pytorch 2.6, inputs: {training: join.all}}
  notify: {script: notify.py, framework: sklearn 1.2-1, after: [evaluate]}
train: {framework: pytorch 2.6, inputs: {train: join.all, embedding: embed.model}}
evaluate: {framework: sklearn 1.2-1, inputs: [join.test], outputs: {evaluation: /opt/ml/processing/out}}
register: {model: embed}
"""


def test_own_steps_read_from_data_and_from_each_other() -> None:
    mounts = list_mounts(GRAPH)
    assert mounts["clean"] == {"raw": ("data.raw", "/opt/ml/processing/input")}
    assert mounts["join"] == {
        "rows": ("clean.rows", "/opt/ml/processing/input/rows"),
        "labels": ("data.labels", "/opt/ml/processing/input/labels"),
    }
    assert mounts["embed"] == {"training": ("join.all", "/opt/ml/input/data/training")}
    assert mounts["train"]["embedding"] == ("embed.model", "/opt/ml/input/data/embedding")
    assert mounts["evaluate"] == {
        "model": ("embed.model", "/opt/ml/processing/model"),
        "test": ("join.test", "/opt/ml/processing/test"),
    }


def test_steps_are_sorted_by_what_they_wait_for_then_by_their_order_in_the_file() -> None:
    steps = list_steps(load(GRAPH))
    assert [step.name for step in steps] == ["clean", "join", "embed", "train", "evaluate", "notify"]
    assert {output.name: output.path for output in steps[0].outputs} == {"rows": "/opt/ml/processing/out/rows"}
    assert [output.path for output in steps[4].outputs] == ["/opt/ml/processing/out"]


def test_register_names_the_model_and_the_evaluation() -> None:
    config = load(GRAPH)
    assert (str(find_model_source(config)), str(find_evaluation_source(config))) == (
        "embed.model",
        "evaluate.evaluation",
    )
    trainer = find_trainer(config)
    assert trainer is not None
    assert trainer.script == "embed.py"
    assert find_model_source(load("model: m\nsteps: {a: {script: a.py, image: x}}\n")) is None
    assert find_trainer(load("model: m\nsteps: {a: {script: a.py, image: x}}\n")) is None
