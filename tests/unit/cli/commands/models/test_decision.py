"""The review that an approver reads before a decision."""

from __future__ import annotations

import click
import pytest

from pushtrain.cli.commands.models.decision import print_review
from pushtrain.config import load_config
from pushtrain.report import judge_conditions
from pushtrain.report.review import Review
from tests.unit.report.report_facts import TWO_AUCS, version


def test_conditions_with_the_same_last_part_have_their_whole_paths(capsys: pytest.CaptureFixture[str]) -> None:
    metrics = {"test.auc.value": 0.95, "valid.auc.value": 0.7}
    review = Review(
        version=version(3, metrics=metrics),
        verdicts=judge_conditions(load_config(TWO_AUCS).config.conditions, metrics),
        serving="",
        baseline=version(2, metrics={"valid.auc.value": 0.8}),
        dirty=False,
        warnings=(),
    )
    print_review(review, " --local")
    assert click.unstyle(capsys.readouterr().err).splitlines()[1:] == [
        "  image: image:1",
        "  ✓ test.auc.value 0.95 ≥ 0.9",
        "  ✗ valid.auc.value 0.7 ≥ 0.8; version 2 0.8",
    ]


def test_what_an_endpoint_would_run_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    inference = {"image": "serve:1", "environment": {"THRESHOLD": "0.5"}}
    review = Review(
        version=version(3, image="serve:1", inference=inference),
        verdicts=None,
        serving="",
        baseline=None,
        dirty=None,
        warnings=(),
    )
    print_review(review, " --local")
    assert capsys.readouterr().err.splitlines()[1:] == ["  image: serve:1", "  endpoint variable THRESHOLD: 0.5"]
