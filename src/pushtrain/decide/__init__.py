"""Metrics -> verdict: whether a run passed its gate, with the value of each condition."""

from pushtrain.decide.decide import decide
from pushtrain.decide.evaluation_files import MAX_BYTES
from pushtrain.decide.job_files import remove_job_files
from pushtrain.decide.metrics import flatten_metrics, shorten_metric, shorten_metrics
from pushtrain.decide.pinned import PinnedObject
from pushtrain.decide.request import DecideRequest, StepFile, build_payload, parse_payload, read_conditions
from pushtrain.decide.verdict import ConditionResult, Verdict

__all__ = [
    "MAX_BYTES",
    "ConditionResult",
    "DecideRequest",
    "PinnedObject",
    "StepFile",
    "Verdict",
    "build_payload",
    "decide",
    "flatten_metrics",
    "parse_payload",
    "read_conditions",
    "remove_job_files",
    "shorten_metric",
    "shorten_metrics",
]
