"""One model version with everything a report can tell, made by hand; users' words are hostile."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec

from pushtrain.catalog import job_kinds
from pushtrain.config import load_config
from pushtrain.record import RunRecord
from pushtrain.registry import ModelVersion
from pushtrain.report.curves import Curve
from pushtrain.report.facts import Facts
from pushtrain.report.page import write_report
from pushtrain.report.plots import read_plots
from pushtrain.runs import Job, Run

EVIL = "<script>alert('x')</script>\"&"
CONFIG = b"""
model: churn
train: {framework: sklearn 1.2-1, hyperparameters: {note: "<b>bold</b>", depth: 4}}
evaluate: {framework: sklearn 1.2-1}
register:
  when:
    - {metric: binary_classification_metrics.auc.value, at_least: 0.9}
    - {metric: binary_classification_metrics.loss.value, at_most: 0.3}
"""
TWO_AUCS = b"""
model: churn
train: {framework: sklearn 1.2-1}
evaluate: {framework: sklearn 1.2-1}
register: {when: [{metric: test.auc.value, at_least: 0.9}, {metric: valid.auc.value, at_least: 0.8}]}
"""
METRICS = {
    "binary_classification_metrics.confusion_matrix.0.0": 40.0,
    "binary_classification_metrics.accuracy.value": 0.95,
    "binary_classification_metrics.accuracy.standard_deviation": 0.02,
    "binary_classification_metrics.auc.value": 0.97,
    "binary_classification_metrics.loss.value": 0.35,
    "binary_classification_metrics.rows.value": 569.0,
}
BEFORE = {**METRICS, "binary_classification_metrics.auc.value": 0.99, "binary_classification_metrics.loss.value": 0.4}
TRAINING = {
    "AlgorithmSpecification": {"TrainingImage": "image:1"},
    "ResourceConfig": {"InstanceType": "ml.g5.xlarge", "InstanceCount": 2},
    "EnableManagedSpotTraining": True,
    "BillableTimeInSeconds": 190,
}


def version(number: int = 3, **changes: Any) -> ModelVersion:
    made = ModelVersion(
        model="churn",
        version=number,
        status="PendingManualApproval",
        metrics=METRICS,
        run="a1b2c3d4e5f6-0a1b2c",
        revision="a1b2c3d4e5f6",
        created="2026-11-21T06:38:00+00:00",
        arn=f"arn:aws:sagemaker:us-east-1:123456789012:model-package/pushtrain-churn/{number}",
        artifact="s3://artifacts/churn/model.tar.gz",
        image="image:1",
        commit="4222ba4d",
        repository=EVIL,
        note=EVIL,
    )
    return msgspec.structs.replace(made, **changes)


def facts(**changes: Any) -> Facts:
    run = Run(
        model="churn",
        run="a1b2c3d4e5f6-0a1b2c",
        status="SUCCEEDED",
        started=0.0,
        seconds=3725.0,
        outcome="registered",
        jobs=(
            Job(step="train", name="j", kind=job_kinds.TRAINING, status="Completed", seconds=200.0, described=TRAINING),
        ),
    )
    plots = {
        "confusion_matrix": {EVIL: {EVIL: 38, "no": 4}, "no": {EVIL: 0, "no": 72}},
        "roc": {"false_positive_rates": [0, 0.1, 1], "true_positive_rates": [0, 0.9, 1]},
        "precision_recall": {"recalls": [0, 1], "precisions": [1, 0.4]},
        "residuals": {"predicted": [1, 2, 3], "actual": [1.5, 2, 2]},
    }
    made = Facts(
        version=version(),
        baseline=version(2, status="Approved", metrics=BEFORE),
        config=load_config(CONFIG).config,
        run=run,
        record=RunRecord.from_execution_input(
            {
                "git": {"dirty": True},
                "data": {"raw": f"s3://lake/{EVIL}/"},
                "environment": "prod",
                "pushed_by": "AROAEXAMPLE:jin",
            }
        ),
        plots=read_plots({}, plots),
        curves=(Curve(name=EVIL, points=((1, 0.7), (2, 0.4), (3, 0.2)), count=3),),
    )
    return msgspec.structs.replace(made, **changes)


def page(language: str = "en", **changes: Any) -> str:
    now = datetime(2026, 11, 21, 7, 0, tzinfo=UTC)
    return write_report(facts(**changes), language=language, now=now, pushtrain_version="0.1.0")
