"""Build the runs of lists: without jobs, and only with the metrics of their gates. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from pushtrain.runs.model import Run
from pushtrain.runs.read import outcome_fields, parse_json_object, summary_fields


def build_listed_run(model: str, execution: Mapping[str, Any], described: Mapping[str, Any]) -> Run:
    """Return a run from its summary in ListExecutions, and from what DescribeExecution says, if it was asked."""
    output = parse_json_object(described.get("output"))
    fields = summary_fields(model, execution) | outcome_fields(execution["status"], output)
    return Run(**fields, metrics=_read_gate_metrics(output), input=parse_json_object(described.get("input")))


def _read_gate_metrics(output: Mapping[str, Any]) -> dict[str, float]:
    """Return the metrics of the gate in the output of an execution, as `workflow.registration` writes them: as texts.

    Empty for a run without a gate. What a template of a team writes there instead is left out unless it is a number.
    """
    metrics = output.get("metrics")
    if not isinstance(metrics, Mapping):
        return {}
    numbers = {name: _parse_number(value) for name, value in metrics.items()}
    return {name: number for name, number in numbers.items() if number is not None}


def _parse_number(value: object) -> float | None:
    try:
        number = float(value) if isinstance(value, str | int | float) else math.nan
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None
