"""Generated model versions for the measurements. Nothing is read from a registry."""

from __future__ import annotations

import math

from pushtrain.registry import ModelVersion
from pushtrain.report.curves import Curve, thin_out
from pushtrain.report.facts import Facts
from pushtrain.report.index import History
from pushtrain.report.plots import read_plots

AUC, LOSS = "binary_classification_metrics.auc.value", "binary_classification_metrics.loss.value"
CURVE = [math.exp(-step / 100) for step in range(1_000)]
RATES = [step / 200 for step in range(201)]
PLOTS = {
    "confusion_matrix": {"0": {"0": 38, "1": 4}, "1": {"0": 0, "1": 72}},
    "roc": {"false_positive_rates": RATES, "true_positive_rates": [rate**0.2 for rate in RATES]},
    "precision_recall": {"recalls": RATES, "precisions": [1 - rate**4 for rate in RATES]},
    "residuals": {"predicted": RATES, "actual": [rate + math.sin(40 * rate) / 9 for rate in RATES]},
}


def build_facts(number: int) -> Facts:
    """Return the facts of a version with a learning curve, a confusion matrix and three plots."""
    curve = Curve(name="train_loss", points=thin_out(CURVE), count=len(CURVE))
    return Facts(
        version=_build_version(number), baseline=_build_version(1), plots=read_plots({}, PLOTS), curves=(curve,)
    )


def build_history(count: int) -> History:
    """Return `count` versions of one model."""
    versions = [_build_version(number) for number in range(1, count + 1)]
    files = {version.version: f"churn/{version.version}.html" for version in versions}
    return History(model="churn", versions=versions, serving=1, files=files)


def _build_version(number: int) -> ModelVersion:
    return ModelVersion(
        model="churn",
        version=number,
        status="Approved" if number % 10 == 0 else "PendingManualApproval",
        metrics={AUC: 0.98 - 0.1 / number, LOSS: 0.2 + 0.5 / number},
        run=f"a1b2c3d4e5f6-{number:06x}",
        revision="a1b2c3d4e5f6",
        created="2026-11-21T06:38:00+00:00",
        arn=f"arn:aws:sagemaker:us-east-1:123456789012:model-package/churn/{number}",
        artifact="s3://artifacts/churn/model.tar.gz",
        image="image:1",
        commit="4222ba4d",
        repository="git@example.org:churn.git",
        properties={f"metric.{AUC}": "0", f"metric.{LOSS}": "0"},
    )
