"""What an approver is told before a decision."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from botocore.exceptions import ClientError

from pushtrain.config import load_config
from pushtrain.platform import Platform
from pushtrain.report import review
from tests.sample_record import RECORD
from tests.sample_result import RESULT
from tests.unit.report.report_facts import BEFORE, CONFIG, METRICS, TWO_AUCS, version

PLATFORM = Platform.local()
SERVING = version(2, metrics=BEFORE)


@pytest.fixture(autouse=True)
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Version 2 serves; today's gate is that of CONFIG."""
    monkeypatch.setattr(review, "find_newest_run", lambda *_: "r9")
    monkeypatch.setattr(
        review,
        "read_run_record",
        lambda *_: dataclasses.replace(RECORD, git=dataclasses.replace(RECORD.git, dirty=True)),
    )
    monkeypatch.setattr(review, "read_run_result", lambda *_: RESULT)
    monkeypatch.setattr(review, "read_config", lambda *_: load_config(CONFIG).config)
    monkeypatch.setattr(review, "read_serving_arns", lambda *_: (SERVING.arn, ""))
    monkeypatch.setattr(review, "find_version", lambda *_: SERVING)


def test_a_metric_that_misses_the_gate_or_is_worse_is_a_warning() -> None:
    result = review.review_version(PLATFORM, version(3))
    assert result.warnings == (
        "it no longer meets today's gate: loss is 0.3500, asked for is ≤ 0.3000",
        "it is worse than version 2, which serves: auc is 0.9700, there 0.9900",
    )
    assert (result.baseline, result.serving, result.dirty) == (SERVING, SERVING.arn, True)


def test_a_metric_that_is_gone_is_a_warning() -> None:
    metrics = {name: value for name, value in METRICS.items() if "auc" not in name}
    assert (
        "today's gate asks for binary_classification_metrics.auc.value ≥ 0.9000, "
        "which this version's evaluation.json does not tell"
    ) in review.review_version(PLATFORM, version(3, metrics=metrics)).warnings


def test_metrics_with_the_same_last_part_have_their_whole_paths(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(review, "read_config", lambda *_: load_config(TWO_AUCS).config)
    metrics = {"test.auc.value": 0.95, "valid.auc.value": 0.7}
    serving = version(2, metrics={**metrics, "test.auc.value": 0.96})
    monkeypatch.setattr(review, "find_version", lambda *_: serving)
    assert review.review_version(PLATFORM, version(3, metrics=metrics)).warnings == (
        "it no longer meets today's gate: valid.auc.value is 0.7000, asked for is ≥ 0.8000",
        "it is worse than version 2, which serves: test.auc.value is 0.9500, there 0.9600",
    )


def test_data_that_changed_during_the_run_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    changed = dataclasses.replace(RESULT, data_changed=("raw",))
    monkeypatch.setattr(review, "read_run_result", lambda *_: changed)
    assert review.review_version(PLATFORM, version(3)).warnings[0] == (
        "data.raw changed during its run, so which data it was built from is not known"
    )


def test_a_result_that_aws_denies_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    def deny(*_: Any) -> None:
        raise ClientError({"Error": {"Code": "KMS.DisabledException", "Message": ""}}, "GetObject")

    monkeypatch.setattr(review, "read_run_result", deny)
    assert review.review_version(PLATFORM, version(3)).warnings[0] == (
        "the result of this version's run could not be read (KMS.DisabledException), "
        "so whether its data changed during the run is not known"
    )


def test_the_version_in_serving_is_not_compared_with_itself() -> None:
    assert review.review_version(PLATFORM, SERVING).baseline is None


def test_what_aws_denies_is_a_warning_that_names_its_code(monkeypatch: pytest.MonkeyPatch) -> None:
    def deny(*_: Any) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": ""}}, "GetObject")

    monkeypatch.setattr(review, "read_serving_arns", deny)
    result = review.review_version(PLATFORM, version(3))
    assert result.warnings[0] == (
        "s3://pushtrain-serving/churn/approved.json could not be read (AccessDenied), "
        "so this version was not compared with the one that serves"
    )
    assert (result.serving, result.baseline) == ("", None)
