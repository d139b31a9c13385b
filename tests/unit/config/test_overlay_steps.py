"""An overlay changes the steps that the file has, and keeps the shape of their inputs and outputs."""

from __future__ import annotations

import pytest

from tests.unit.config.sample_configs import list_problems, load

BASE = """\
model: churn
defaults: {framework: sklearn 1.2-1}
data: {raw: s3://lake/raw/}
steps:
  clean: {script: clean.py, inputs: [data.raw], outputs: {rows: /opt/ml/processing/rows}}
  count: {script: count.py, inputs: [clean.rows]}
"""


@pytest.mark.parametrize(
    ("overlay", "problem"),
    [
        (
            "steps: {claen: {instance: ml.m5.xlarge}}",
            "steps.claen: there is no step 'claen' outside `environments:`. Did you mean 'clean'? "
            "(there are: clean, count)",
        ),
        (
            "steps: {report: {script: report.py, inputs: [clean.rows]}}",
            "steps.report: there is no step 'report' outside `environments:`. Write the whole step there "
            "(there are: clean, count)",
        ),
        (
            "steps: {clean: {outputs: [rows]}}",
            "steps.clean.outputs: is a list here and a mapping in line 5, so they cannot merge. Write both as mappings",
        ),
        (
            "steps: {clean: {inputs: {raw: data.raw}}}",
            "steps.clean.inputs: is a mapping here and a list in line 5, so they cannot merge. Write both as mappings",
        ),
        (
            "steps: {clane: null}",
            "steps.clane: null removes nothing: the file has no such key outside `environments:`. Remove this line",
        ),
        (
            "steps: {train: {script: a.py}}",
            "steps.train: 'train' is a step with a key of its own. Write `train:` beside `steps:`, "
            "or choose another name",
        ),
    ],
)
def test_each_mistake_is_one_problem_in_its_line(overlay: str, problem: str) -> None:
    text = f"{BASE}environments:\n  dev: {{steps: {{clean: {{instances: 2}}}}}}\n  prod: {{{overlay}}}\n"
    assert list_problems(text) == [f"config.yaml:9  environments.prod.{problem}"]


def test_a_file_without_own_steps_has_none_to_change() -> None:
    text = "model: churn\ntrain: {framework: sklearn 1.2-1}\nenvironments:\n  prod: {steps: {trian: {instances: 2}}}\n"
    assert list_problems(text) == [
        "config.yaml:4  environments.prod.steps.trian: there is no step 'trian' outside `environments:`. "
        "Did you mean 'train'? (there are: train)"
    ]


def test_mappings_merge_and_steps_may_be_removed() -> None:
    overlay = "steps: {clean: {outputs: {more: /opt/ml/processing/more}}, count: null}"
    config = load(f"{BASE}environments: {{prod: {{{overlay}}}}}\n", "prod")
    assert list(config.own_steps) == ["clean"]
    assert list(config.own_steps["clean"].output_folders) == ["rows", "more"]


def test_a_list_replaces_a_list_and_an_overlay_may_add_a_standard_step() -> None:
    overlay = "steps: {count: {inputs: [data.raw]}}, evaluate: {inputs: [clean.rows]}"
    config = load(f"{BASE}environments: {{prod: {{{overlay}}}}}\n", "prod")
    assert config.own_steps["count"].inputs == ("data.raw",)
    assert config.evaluate is not None
