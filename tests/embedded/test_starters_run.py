"""Every starter trains on this computer, passes its gate, and has a report with its pictures."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pushtrain.starters import STARTERS, create_model_repo
from tests.trained import Trained, train

pytestmark = pytest.mark.slow
DRAWN = {
    "sklearn": ["Confusion matrix", "ROC curve"],
    "xgboost": ["train_rmse", "validation_rmse", "Residuals"],
    "pytorch": ["train_loss", "validation_accuracy", "Confusion matrix"],
    "huggingface": ["train_loss", "validation_accuracy", "Confusion matrix", "ROC curve"],
}


@pytest.mark.parametrize("starter", STARTERS)
def test_a_starter_is_registered_and_its_report_has_pictures(
    starter: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """tests/docs/test_walks.py runs the starter sklearn twice: the metrics are the same."""
    if starter == "sklearn":
        trained: Trained = request.getfixturevalue("churn")
    else:
        create_model_repo(tmp_path / "begin", starter)
        trained = train(tmp_path / "begin")
    assert (trained.document["outcome"], trained.document["model_version"]) == ("registered", 1)
    (report,) = trained.store.rglob("report.html")
    drawn = re.findall("<h3[^>]*>(.*?)</h3>", report.read_text("utf-8"))
    assert drawn == DRAWN[starter]
