"""Metrics -> verdict: whether a run passed its gate, with the value of each condition."""

from pushtrain.decide.condition_text import format_bound, format_champion
from pushtrain.decide.decide import decide
from pushtrain.decide.evaluation_files import MAX_BYTES
from pushtrain.decide.groups import aggregate_groups, select_groups
from pushtrain.decide.job_files import remove_job_files
from pushtrain.decide.metrics import flatten_metrics, shorten_metric, shorten_metrics, subtract
from pushtrain.decide.payload import (
    build_candidates_payload,
    build_champion_payload,
    build_payload,
    build_serving_payload,
    is_serving_payload,
    parse_payload,
    read_conditions,
)
from pushtrain.decide.pinned import PinnedObject
from pushtrain.decide.pinned_verdict import pin_verdict
from pushtrain.decide.request import (
    CandidateFiles,
    CandidatesRequest,
    ChampionRequest,
    DecideRequest,
    ServingRequest,
    StepFile,
)
from pushtrain.decide.row_comparison import Difference, RowComparison
from pushtrain.decide.serving_result import ServingResult
from pushtrain.decide.serving_test import NOT_HERE
from pushtrain.decide.verdict import CandidateResult, ChampionResult, ConditionResult, Verdict

__all__ = [
    "MAX_BYTES",
    "NOT_HERE",
    "CandidateFiles",
    "CandidateResult",
    "CandidatesRequest",
    "ChampionRequest",
    "ChampionResult",
    "ConditionResult",
    "DecideRequest",
    "Difference",
    "PinnedObject",
    "RowComparison",
    "ServingRequest",
    "ServingResult",
    "StepFile",
    "Verdict",
    "aggregate_groups",
    "build_candidates_payload",
    "build_champion_payload",
    "build_payload",
    "build_serving_payload",
    "decide",
    "flatten_metrics",
    "format_bound",
    "format_champion",
    "is_serving_payload",
    "parse_payload",
    "pin_verdict",
    "read_conditions",
    "remove_job_files",
    "select_groups",
    "shorten_metric",
    "shorten_metrics",
    "subtract",
]
