"""Sources that lead nowhere. tests/golden/config-errors/sources has every message."""

from __future__ import annotations

import pytest

from tests.unit.config.sample_configs import list_problems, load

STEPS = """\
model: churn
data: {{raw: s3://lake/raw/}}
steps:
  clean: {{script: clean.py, image: x, inputs: [data.raw], outputs: [rows]}}
  count: {{script: count.py, image: x, inputs: {}}}
"""


@pytest.mark.parametrize("inputs", ["[clean.rows]", "{any: clean.rows}", "{any: {source: data.raw}}"])
def test_a_step_reads_data_and_outputs_in_each_form(inputs: str) -> None:
    assert load(STEPS.format(inputs)).own_steps["count"].inputs


@pytest.mark.parametrize("inputs", ["[rows]", "{any: rows}", "{any: {source: rows}}"])
def test_a_word_alone_is_no_source_of_an_own_step(inputs: str) -> None:
    (problem,) = list_problems(STEPS.format(inputs))
    assert problem.endswith(": 'rows' is not a source. Did you mean 'clean.rows'?")


def test_a_removed_output_is_not_also_an_unknown_source() -> None:
    text = STEPS.format("[clean.rows]").replace("outputs: [rows]", "outputs: [5]")
    (problem,) = list_problems(text)
    assert problem.startswith("config.yaml:4  steps.clean.outputs[0]: expected text, found the number 5")
