"""Models with many versions, made by hand, for the index page."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import msgspec

from pushtrain.config import load_config
from pushtrain.report.index import History, write_index
from tests.unit.report.report_facts import CONFIG, version

AUC, LOSS = "binary_classification_metrics.auc.value", "binary_classification_metrics.loss.value"
JUDGED = {f"metric.{AUC}": "0", f"metric.{LOSS}": "0"}


def history(model: str = "churn", count: int = 12, serving: int | None = 9) -> History:
    """AUC rises and wavers, loss falls; the fourth version has no metrics; every third was approved."""
    versions = []
    for number in range(1, count + 1):
        metrics = {AUC: 0.98 - 0.1 / number + 0.003 * math.sin(number), LOSS: 0.2 + 0.5 / number}
        versions.append(
            version(
                number,
                model=model,
                arn=f"{model}/{number}",
                status="Approved" if number % 3 == 0 else "Rejected" if number % 5 == 0 else "PendingManualApproval",
                metrics={} if number == 4 else metrics,
                properties=JUDGED,
                created=f"2026-11-{number % 28 + 1:02d}T06:38:00+00:00",
                run=f"a1b2c3d4e5f6-{number:06x}",
            )
        )
    files = {each.version: f"{model}/{each.version}.html" for each in versions if each.version != 2}
    return History(model=model, versions=versions, config=load_config(CONFIG).config, serving=serving, files=files)


def index(language: str = "en", *histories: History) -> str:
    shown = histories or (
        history(),
        msgspec.structs.replace(history("fraud", 1, None), config=None),
        history("spam", 30),
    )
    return write_index(shown, language=language, now=datetime(2026, 11, 21, 7, tzinfo=UTC), pushtrain_version="0.1.0")
