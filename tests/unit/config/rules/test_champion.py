"""A gate that compares with the champion: what cannot work is an issue with its line."""

from __future__ import annotations

import pytest

from tests.unit.config.sample_configs import list_problems, load

TEXT = """\
model: churn
data: {{raw: s3://lake/churn/}}
train: {{framework: sklearn 1.2-1}}
steps:
  {step}: {{framework: sklearn 1.2-1, script: step.py, inputs: [{source}], outputs: [rows, evaluation]}}
evaluate: {{framework: sklearn 1.2-1, inputs: [{read}]}}
register:
  evaluation: {evaluation}
  when: [{{metric: auc, at_least: 0.5}}, {{metric: auc, {bound}}}]
"""


def write(
    *,
    step: str = "predict",
    source: str = "train.model",
    read: str = "data.raw",
    evaluation: str = "evaluate",
    bound: str = "at_least: champion",
) -> str:
    return TEXT.format(step=step, source=source, read=read, evaluation=evaluation, bound=bound)


def test_an_evaluation_that_does_not_read_the_model_is_an_issue() -> None:
    text = write(source="data.raw", evaluation="predict")
    assert list_problems(text) == [
        "config.yaml:9  register.when[1]: compares with the champion, but the step 'predict' does not read the model, "
        "so it cannot evaluate the champion. Add train.model to its `inputs`"
    ]


def test_an_evaluation_that_reads_answers_of_the_new_model_is_an_issue() -> None:
    assert list_problems(write(read="predict.rows")) == [
        "config.yaml:9  register.when[1]: compares with the champion, but the step 'evaluate' reads predict.rows, "
        "which comes from the model of this run and not from the champion. Let its script compute that from the model"
    ]


def test_the_name_of_the_champions_step_is_taken() -> None:
    assert list_problems(write(step="champion")) == [
        "config.yaml:5  steps.champion: 'champion' is the step that evaluates the champion. Rename this one"
    ]


def test_without_a_comparison_all_of_it_is_allowed() -> None:
    assert load(write(step="champion", read="champion.rows", bound="at_most: 0.9"))


@pytest.mark.parametrize("bound", ["at_least: champion + 0.002", "above: champion - 1%", "at_most: champion"])
def test_an_evaluation_that_reads_the_model_is_fine(bound: str) -> None:
    assert load(write(bound=bound)).conditions[1].compares_champion
