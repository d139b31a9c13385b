"""Folders that cannot be in one container. tests/golden/config-errors/folders-of-a-job has every message."""

from __future__ import annotations

import pytest

from tests.unit.config.sample_configs import list_problems, load

STEP = """\
model: churn
data: {{raw: s3://lake/raw/}}
steps: {{one: {{script: one.py, image: x, inputs: {inputs}, outputs: {outputs}}}}}
"""


@pytest.mark.parametrize(
    ("inputs", "outputs"),
    [
        ("{a: {source: data.raw, path: /opt/ml/processing/input}}", "[a]"),
        ("{a: {source: data.raw, path: /opt/ml/processing/x}}", "{a: /opt/ml/processing/x/a}"),
        ("[data.raw]", "{all: /opt/ml/processing/out, part: /opt/ml/processing/output}"),
    ],
)
def test_folders_that_go_together(inputs: str, outputs: str) -> None:
    assert load(STEP.format(inputs=inputs, outputs=outputs))


@pytest.mark.parametrize(
    ("inputs", "outputs"),
    [
        ("{a: {source: data.raw, path: /opt/ml/processing/x}}", "[x]"),
        ("{a: {source: data.raw, path: /opt/ml/processing/x/a}}", "[x]"),
        ("[data.raw]", "{code: /opt/ml/processing/x}"),
        ("[data.raw]", "{x: /opt/ml/processing/input/code}"),
    ],
)
def test_folders_that_collide(inputs: str, outputs: str) -> None:
    assert len(list_problems(STEP.format(inputs=inputs, outputs=outputs))) == 1


def test_an_input_that_is_given_twice_does_not_also_collide() -> None:
    (problem,) = list_problems(STEP.format(inputs="[data.raw, data.raw]", outputs="[x]"))
    assert problem == "config.yaml:3  steps.one.inputs[1]: 'data.raw' is given twice"
