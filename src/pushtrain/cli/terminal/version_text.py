"""A model version in words and as JSON, as several commands print it."""

from __future__ import annotations

import dataclasses
from typing import Any

from pushtrain.registry import ModelVersion
from pushtrain.report import shorten_metric
from pushtrain.workflow.names import build_metric_key

LISTED = ("model", "version", "status", "metrics", "run", "revision", "created")


def build_version_summary(version: ModelVersion) -> dict[str, Any]:
    """Return a version as `models list --json` gives it."""
    whole = dataclasses.asdict(version)
    return {key: whole[key] for key in LISTED}


def format_gate_metrics(version: ModelVersion) -> str:
    """The gate's metrics in short; without a gate the first few of all."""
    judged = {name: value for name, value in version.metrics.items() if build_metric_key(name) in version.properties}
    shown = list((judged or version.metrics).items())[:3]
    return ", ".join(f"{shorten_metric(name)} {value:.4g}" for name, value in shown)


def format_changes(dirty: bool | None) -> str:
    """Return ` and changes` if the model repo had changes that its commit lacks."""
    return " and changes" if dirty else ""
