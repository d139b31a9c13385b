"""Every starter trains on this machine, passes its gate, and does so the same way each time."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pushtrain.starters import STARTERS, create_model_repo
from tests.forks import run_pushtrain

pytestmark = pytest.mark.slow
DRAWN = {
    "sklearn": ["Confusion matrix", "ROC curve"],
    "xgboost": ["train_rmse", "validation_rmse", "Residuals"],
    "pytorch": ["train_loss", "validation_accuracy", "Confusion matrix"],
    "huggingface": ["train_loss", "validation_accuracy", "Confusion matrix", "ROC curve"],
}


RunStarter = Callable[[str], tuple[dict[str, Any], Path]]


def run(folder: Path, store: Path) -> dict[str, Any]:
    process = run_pushtrain("run", folder, "--store", store, "--json")
    assert process.returncode == 0, process.stderr
    document: dict[str, Any] = json.loads(process.stdout)
    return document


@pytest.fixture(scope="module")
def run_once(tmp_path_factory: pytest.TempPathFactory) -> RunStarter:
    """`run_once("sklearn")`: the document and the folder of a starter's first run, shared by the tests that read it."""

    @functools.cache
    def run_once(starter: str) -> tuple[dict[str, Any], Path]:
        folder = tmp_path_factory.mktemp(starter)
        create_model_repo(folder / "begin", starter)
        return run(folder / "begin", folder / "store"), folder

    return run_once


@pytest.mark.parametrize("starter", STARTERS)
def test_a_starter_is_registered_and_its_report_has_pictures(starter: str, run_once: RunStarter) -> None:
    document, folder = run_once(starter)
    assert (document["outcome"], document["model_version"]) == ("registered", 1)
    (report,) = (folder / "store").rglob("report.html")
    drawn = re.findall("<h3[^>]*>(.*?)</h3>", report.read_text("utf-8"))
    assert drawn == DRAWN[starter]


def test_a_starter_is_reproducible(run_once: RunStarter, tmp_path: Path) -> None:
    document, folder = run_once("sklearn")
    assert run(folder / "begin", tmp_path / "store")["metrics"] == document["metrics"]
