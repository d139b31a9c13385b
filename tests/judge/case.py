"""One set of settings, as a user writes them: config.yaml, and the platform it is pushed to.

Our side reads the text of it; the SDK's side reads it by itself, with the defaults that docs/guide.md tells.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ACCOUNT = "123456789012"
PREFIX = "ptprod"
ARTIFACTS, SERVING = "artifacts", "serving"
REVISION = "3f9c1e2a4b5c"
RUN = f"{REVISION}-0a1b2c"
SERVED = "model-of-a-transform-job"
BATCH = "0123456789abcdef"  # execution of a batch
CODE = "s3://artifacts/churn/source/0123abcd/sourcedir.tar.gz"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/{PREFIX}-jobs"
SCRIPTS = {"preprocess": "preprocessing.py", "train": "train.py", "evaluate": "evaluation.py"}
TRAINING, PROCESSING = "Training", "Processing"


@dataclass(frozen=True, kw_only=True)
class Case:
    """`document` is config.yaml; `platform` holds what differs from a plain platform."""

    document: Mapping[str, Any]
    region: str = "us-east-1"
    platform: Mapping[str, Any] = field(default_factory=dict)

    @property
    def model(self) -> str:
        return str(self.document["model"])

    def where(self, *parts: str) -> str:
        """An address of this run, as the table in docs/architecture.md has it."""
        return "/".join((f"s3://{ARTIFACTS}", self.model, "runs", RUN, *parts))

    def job(self, step: str) -> str:
        """Name of a job that was neither redriven nor retried."""
        return f"{PREFIX}-{self.model}-{step}-{RUN}-0-0"

    def data(self) -> dict[str, str]:
        """Where the data lies: for what is in the model repo, where the push put it."""
        local = f"s3://code/model-repos/{self.model}/{REVISION}/"
        sources: Mapping[str, str] = self.document.get("data", {})
        return {name: source if "://" in source else local + source for name, source in sources.items()}
