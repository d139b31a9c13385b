"""Every starter trains on this machine, passes its gate, and does so the same way each time."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pushtrain.starters import STARTERS, create_model_repo

pytestmark = pytest.mark.slow
DRAWN = {
    "sklearn": ["Confusion matrix", "ROC curve"],
    "xgboost": ["train_rmse", "validation_rmse", "Residuals"],
    "pytorch": ["train_loss", "validation_accuracy", "Confusion matrix"],
    "huggingface": ["train_loss", "validation_accuracy", "Confusion matrix", "ROC curve"],
}


def run(folder: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "pushtrain", "run", str(folder), "--store", str(folder.parent / "store"), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    return document


@pytest.mark.parametrize("starter", STARTERS)
def test_a_starter_is_registered_and_its_report_has_pictures(starter: str, tmp_path: Path) -> None:
    create_model_repo(tmp_path / "begin", starter)
    document = run(tmp_path / "begin")
    assert (document["outcome"], document["model_version"]) == ("registered", 1)
    (report,) = (tmp_path / "store").rglob("report.html")
    drawn = re.findall("<h3[^>]*>(.*?)</h3>", report.read_text("utf-8"))
    assert drawn == DRAWN[starter]


def test_a_starter_is_reproducible(tmp_path: Path) -> None:
    create_model_repo(tmp_path / "begin", "sklearn")
    assert run(tmp_path / "begin")["metrics"] == run(tmp_path / "begin")["metrics"]
