# mypy: ignore-errors
"""The three scripts of a model repo as a Metaflow flow, for the comparison in `overhead`. Metaflow's Python runs it.

Each step runs its script in the step's own process, as Metaflow's users do, and the model is an artifact.
"""

from __future__ import annotations

import os
import runpy
import sys
import tarfile
from pathlib import Path

from metaflow import FlowSpec, step

REPO = Path(os.environ["BENCHMARK_REPO"])
ML = Path("/opt/ml")


class TrainingFlow(FlowSpec):
    """Preprocess, train, evaluate."""

    @step
    def start(self) -> None:
        """Preprocess."""
        _run("preprocessing.py")
        self.next(self.train)

    @step
    def train(self) -> None:
        """Train, and keep the model."""
        _run("train.py")
        archive = ML / "processing" / "model" / "model.tar.gz"
        with tarfile.open(archive, "w:gz") as tar:
            tar.add(ML / "model", arcname=".")
        self.model = archive.read_bytes()
        self.next(self.end)

    @step
    def end(self) -> None:
        """Evaluate."""
        _run("evaluation.py")


def _run(script: str) -> None:
    sys.argv = [script]
    runpy.run_path(str(REPO / script), run_name="__main__")


if __name__ == "__main__":
    TrainingFlow()
