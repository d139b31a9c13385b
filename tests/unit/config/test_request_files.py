"""The file of `register.inference.test` in the model repo."""

from __future__ import annotations

import pytest

from pushtrain.config import find_request_file_problems, load_config

CONFIG = b"""
model: churn
train: {framework: sklearn 1.2-1}
evaluate: {framework: sklearn 1.2-1}
register: {inference: {test: {requests: samples/rows.csv}}}
candidates:
  base: {}
  other:
    register:
      inference:
        test: {requests: other.csv}
choose: {maximize: auc}
"""


@pytest.mark.parametrize(
    ("paths", "problems"),
    [
        (["samples/rows.csv", "other.csv"], []),
        (
            ["samples/row.csv", "other.csv"],
            [(5, "there is no 'samples/rows.csv' in the model repo. Did you mean 'samples/row.csv'?")],
        ),
        (
            ["samples/rows.csv/a.csv", "other.csv"],
            [(5, "'samples/rows.csv' is a folder. Name one file of requests")],
        ),
        (
            ["samples/rows.csv", "other.csv", "other.csv.old"],
            [
                (
                    11,
                    "the name of 'other.csv.old' begins with 'other.csv', and SageMaker reads every file whose name "
                    "does. Rename one of them",
                )
            ],
        ),
    ],
)
def test_sagemaker_reads_exactly_this_file(paths: list[str], problems: list[tuple[int, str]]) -> None:
    found = find_request_file_problems(load_config(CONFIG), paths)
    assert [(problem.line, problem.message) for problem in found] == problems
