"""A run of a list has the metrics of its gate and how it ended."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from pushtrain.runs.listed_run import build_listed_run

STARTED = datetime(2026, 11, 28, 12, tzinfo=UTC)
EXECUTION = {"name": "r1", "status": "SUCCEEDED", "startDate": STARTED, "stopDate": STARTED + timedelta(minutes=2)}


def test_the_output_has_the_outcome_and_the_metrics() -> None:
    output = {"outcome": "registered", "metrics": {"auc": "0.97", "loss": 0.25, "note": "good", "rest": "NaN"}}
    run = build_listed_run("churn", EXECUTION, {"output": json.dumps(output), "input": '{"run": "r1"}'})
    assert (run.model, run.run, run.outcome, run.seconds) == ("churn", "r1", "registered", 120.0)
    assert run.metrics == {"auc": 0.97, "loss": 0.25}
    assert run.input == {"run": "r1"}


def test_a_run_that_was_not_described_has_neither() -> None:
    run = build_listed_run("churn", {**EXECUTION, "status": "FAILED"}, {})
    assert (run.outcome, run.metrics, run.input) == ("failed", {}, {})
