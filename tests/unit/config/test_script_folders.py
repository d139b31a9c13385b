"""Folders and channels that a script names and its step does not have."""

from __future__ import annotations

import pytest

from pushtrain.config import load_config, warn_about_folders

THREE = """\
model: churn
data: {raw: {s3: s3://lake/raw/, local: data/}}
defaults: {framework: sklearn 1.2-1}
preprocess: {}
train: {}
"""
OWN = """\
model: churn
data: {raw: data/}
defaults: {framework: sklearn 1.2-1}
steps:
  clean: {script: clean.py, inputs: [data.raw], outputs: [rows]}
  count: {script: count.py, inputs: [clean.rows]}
  report: {script: report.py}
train: {inputs: [clean.rows]}
"""


def warn(text: str, **scripts: str) -> list[str]:
    sources = {f"{name}.py": script.encode() for name, script in scripts.items()}
    return [str(warning) for warning in warn_about_folders(load_config(text.encode()), sources)]


@pytest.mark.parametrize(
    ("script", "advice"),
    [
        (
            'open("/opt/ml/processing/input/raw.csv")',
            "2  data.raw: preprocessing.py:1 uses '/opt/ml/processing/input/raw.csv', but this step has no input or "
            "output there (/opt/ml/processing/input/raw, /opt/ml/processing/train, /opt/ml/processing/test). "
            "Write `raw: {s3: s3://lake/raw/, local: data, path: /opt/ml/processing/input}`",
        ),
        (
            'x = "/opt/ml/processing/output/train/rows.csv"',
            "4  preprocess.outputs: preprocessing.py:1 uses '/opt/ml/processing/output/train/rows.csv', but this step "
            "has no input or output there (/opt/ml/processing/input/raw, /opt/ml/processing/train, "
            "/opt/ml/processing/test). Write `outputs: {train: /opt/ml/processing/output/train}`",
        ),
        (
            'name = "a"\nx = f"/opt/ml/processing/output/{name}"',
            "4  preprocess.outputs: preprocessing.py:2 uses '/opt/ml/processing/output', but this step has no input or "
            "output there (/opt/ml/processing/input/raw, /opt/ml/processing/train, /opt/ml/processing/test). "
            "If the script writes there, write `outputs: {train: /opt/ml/processing/output/train}`. "
            "If it reads there, write this path at an input",
        ),
    ],
)
def test_a_folder_that_preprocess_does_not_have(script: str, advice: str) -> None:
    assert warn(THREE, preprocessing=script) == [f"config.yaml:{advice}"]


@pytest.mark.parametrize(
    "script",
    [
        'open("/opt/ml/processing/input/raw/rows.csv")',
        'os.walk("/opt/ml/processing")',
        'os.walk("/opt/ml/processing/input/")',
        'x = f"/opt/ml/processing/{name}/rows.csv"',
        'x = f"/opt/ml/processing/input/r{name}"',
        'open("/opt/ml/processing/input/code/helper.txt")',
        '"""Reads /opt/ml/processing/input/rows.csv"""',
        '"/opt/ml/processing/nowhere"',
        "def f(:",
    ],
)
def test_folders_that_preprocess_may_mean(script: str) -> None:
    assert warn(THREE, preprocessing=script) == []


@pytest.mark.parametrize(
    ("train", "advice"),
    [
        ("{}", "5  train.inputs: {}Write `inputs: {{training: train}}`"),
        ("{channels: [train]}", "5  train.channels: {}Write `channels: {{training: train}}`"),
    ],
)
def test_a_channel_of_another_name(train: str, advice: str) -> None:
    message = "train.py:2 needs the input 'training', which this step does not have (its inputs: train). "
    text = THREE.replace("train: {}", f"train: {train}")
    script = 'import os\nos.listdir(os.environ["SM_CHANNEL_TRAINING"])\n'
    assert warn(text, train=script) == [f"config.yaml:{advice.format(message)}"]


@pytest.mark.parametrize(
    "script",
    ['os.environ["SM_CHANNEL_TRAIN"]', 'os.environ.get("SM_CHANNEL_TEST")', 'environ["SM_MODEL_DIR"]', "environ[name]"],
)
def test_channels_that_a_script_has_or_can_do_without(script: str) -> None:
    assert warn(THREE, train=script) == []


def test_an_output_that_is_split_into_folders() -> None:
    text = THREE.replace("preprocess: {}", "preprocess: {outputs: [output]}")
    train = 'os.environ["SM_CHANNEL_TRAIN"]'
    message = "config.yaml:5  train.inputs: train.py:1 needs the input 'train', which this step does not have "
    advice = (
        "If preprocess writes a folder for it, write `outputs: {train: /opt/ml/processing/output/train}` there, "
        "and read that output"
    )
    for path in ('f"/opt/ml/processing/output/{name}"', '"/opt/ml/processing/output/train"'):
        assert warn(text, preprocessing=f"x = {path}", train=train) == [f"{message}(its inputs: output). {advice}"]
    assert warn(text, preprocessing='x = "/opt/ml/processing/output"', train=train) == [
        f"{message}(its inputs: output). Write `inputs: {{train: output}}`"
    ]


def test_the_other_inputs_stay_and_several_strangers_are_not_guessed() -> None:
    text = THREE.replace("preprocess: {}", "preprocess: {outputs: [train, validation]}")
    message = "config.yaml:5  train.inputs: train.py:1 needs the input {!r}, which this step does not have "
    inputs = "(its inputs: train, validation). "
    assert warn(text, train='os.environ["SM_CHANNEL_TRAINING"]') == [
        message.format("training") + inputs + "Write `inputs: {training: train, validation: validation}`"
    ]
    assert warn(text, train='os.environ["SM_CHANNEL_XY"]') == [
        message.format("xy") + inputs + "Write `inputs: {xy: SOURCE}`"
    ]
    assert warn("model: churn\ntrain: {framework: sklearn 1.2-1}\n", train='os.environ["SM_CHANNEL_X"]') == [
        "config.yaml:2  train.inputs: train.py:1 needs the input 'x', which this step does not have (it has none). "
        "Write `inputs: {x: SOURCE}`"
    ]


def test_own_steps_name_their_sources_in_full() -> None:
    read = 'open("/opt/ml/processing/input/rows.csv")'
    assert warn(OWN, count=f"{read}\n{read}\n", train='os.environ["SM_CHANNEL_ROW"]') == [
        "config.yaml:6  steps.count.inputs: count.py:1 uses '/opt/ml/processing/input/rows.csv', but this step has no "
        "input or output there (/opt/ml/processing/input/rows). "
        "Write `inputs: {rows: {source: clean.rows, path: /opt/ml/processing/input}}`",
        "config.yaml:8  train.inputs: train.py:1 needs the input 'row', which this step does not have "
        "(its inputs: rows). Write `inputs: {row: clean.rows}`",
    ]
    assert warn(OWN, report='open("/opt/ml/processing/out/page.html", "w")') == [
        "config.yaml:7  steps.report.outputs: report.py:1 uses '/opt/ml/processing/out/page.html', but this step has "
        "no input or output there (it has none). If the script writes there, write "
        "`outputs: {NAME: /opt/ml/processing/out/NAME}`. If it reads there, write this path at an input"
    ]
