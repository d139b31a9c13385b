"""A model version as text for people and as JSON, for the commands that print versions."""

from __future__ import annotations

import json
from typing import Any

from pushtrain.decide import shorten_metrics
from pushtrain.record import shorten_hyperparameter
from pushtrain.registry import ModelVersion, VersionSummary

SUMMARY_KEYS = ("model", "version", "status", "metrics", "run", "revision", "created", "environment")
MAX_METRICS = 3


def build_version_summary(version: ModelVersion | VersionSummary) -> dict[str, Any]:
    """Return the keys that `models list`, `approve` and `reject` print with --json."""
    return {key: getattr(version, key) for key in SUMMARY_KEYS}


def format_gate_metrics(version: ModelVersion | VersionSummary) -> str:
    """Return the metrics that the gate compared, such as `auc 0.95, loss 0.3`; without a gate, the first of all.

    At most MAX_METRICS of them are returned.
    """
    metrics = {name: version.metrics[name] for name in version.gate_metrics} or version.metrics
    names = list(shorten_metrics(metrics).items())[:MAX_METRICS]
    return ", ".join(f"{name} {metrics[metric]:.4g}" for metric, name in names)


def list_model_facts(version: ModelVersion) -> list[tuple[str, str]]:
    """Return (name, text) of what a search found, the serving test, variables of an endpoint, and raw fields."""
    variables = version.inference.get("environment", {}).items()
    raw_fields = version.verdict.raw_fields.items() if version.verdict else ()
    serving = version.verdict.serving if version.verdict else None
    tuned = version.verdict.tuned.items() if version.verdict else ()
    return [
        *([("tuned", ", ".join(f"{name} {shorten_hyperparameter(text)}" for name, text in tuned))] if tuned else []),
        *([("serving test", serving.describe())] if serving else []),
        *((comparison.label, comparison.describe()) for comparison in (serving.comparisons if serving else ())),
        *((f"endpoint variable {name}", value) for name, value in variables),
        *((f"raw fields of {step}", json.dumps(fields, ensure_ascii=False)) for step, fields in raw_fields),
    ]


def format_changes(dirty: bool | None) -> str:
    """Return ` and changes` if the push had changes that its commit lacks. None means that it is not known."""
    return " and changes" if dirty else ""
