"""The examples that data scientists learn from really train, pass their gates, and do so the same way each time."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

MODEL_REPOS = Path(__file__).parents[2] / "model_repos"
pytestmark = pytest.mark.slow


def run(name: str, store: Path) -> dict[str, Any]:
    """`run --json` of an example; its environment is built once for a user and then found."""
    command = [sys.executable, "-m", "pushtrain", "run", str(MODEL_REPOS / name), "--store", str(store), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def test_breast_cancer_is_registered_with_the_same_metrics_each_time(tmp_path: Path) -> None:
    one, two = (run("breast-cancer", tmp_path) for _ in range(2))
    assert (one["outcome"], one["model_version"], two["model_version"]) == ("registered", 1, 2)
    assert one["metrics"] == two["metrics"]
    assert one["metrics"]["binary_classification_metrics.accuracy.value"] >= 0.93


def test_digits_trains_a_network_and_is_registered(tmp_path: Path) -> None:
    document = run("digits", tmp_path)
    assert document["outcome"] == "registered"
    assert document["metrics"]["multiclass_classification_metrics.accuracy.value"] >= 0.95


def test_arrival_time_runs_two_branches_between_five_steps_and_is_registered(tmp_path: Path) -> None:
    document = run("arrival-time", tmp_path)
    assert (document["outcome"], document["model_version"]) == ("registered", 1)
    steps = [job["step"] for job in document["jobs"]]
    assert (steps[0], sorted(steps[1:3]), steps[3:]) == ("clean", ["split", "zones"], ["train", "evaluate"])
    assert document["metrics"]["mae"] <= 4.5
    assert document["metrics"]["within_5_minutes"] >= 0.65
