"""Runs: their states, jobs, metrics, logs, cost, results, and the reason why they failed."""

from typing import TYPE_CHECKING

from pushtrain.lazy import build_getattr

if TYPE_CHECKING:
    from pushtrain.runs.advice import find_advice
    from pushtrain.runs.bulk_redrive import RedriveCandidate, find_redrive_candidates
    from pushtrain.runs.checkpoints import record_checkpoints
    from pushtrain.runs.cost import compute_run_cost
    from pushtrain.runs.durations import find_usual_seconds
    from pushtrain.runs.evaluation import parse_evaluation, read_metrics, read_object, read_run_record, read_verdict
    from pushtrain.runs.explanations import StepExplanation, explain_record, explain_run
    from pushtrain.runs.find import find_run
    from pushtrain.runs.folders import list_folders, list_models
    from pushtrain.runs.left_models import delete_left_models, delete_model
    from pushtrain.runs.listing import (
        ANY_OUTCOME,
        STATUSES_BY_OUTCOME,
        RunFilter,
        find_newest_run,
        find_runs,
        list_runs,
    )
    from pushtrain.runs.logs import read_log_lines, read_new_lines
    from pushtrain.runs.model import FAILED_STATUSES, Failure, Job, Run, RunCandidate
    from pushtrain.runs.read import find_evaluation_uri, read_run
    from pushtrain.runs.recorded import RecordedRun, find_recorded_run, find_run_or_recorded
    from pushtrain.runs.redrive import Redrive, redrive_run
    from pushtrain.runs.result import build_run_result, read_run_result, write_run_result
    from pushtrain.runs.reusable import write_reusable_jobs
    from pushtrain.runs.reused_searches import ReusedSearch, read_reused_searches
    from pushtrain.runs.stop import stop_run
    from pushtrain.runs.trials import sort_trials

NAMES = {
    ".advice": ("find_advice",),
    ".bulk_redrive": ("RedriveCandidate", "find_redrive_candidates"),
    ".checkpoints": ("record_checkpoints",),
    ".cost": ("compute_run_cost",),
    ".durations": ("find_usual_seconds",),
    ".evaluation": ("parse_evaluation", "read_metrics", "read_object", "read_run_record", "read_verdict"),
    ".explanations": ("StepExplanation", "explain_record", "explain_run"),
    ".find": ("find_run",),
    ".folders": ("list_folders", "list_models"),
    ".left_models": ("delete_left_models", "delete_model"),
    ".listing": (
        "ANY_OUTCOME",
        "STATUSES_BY_OUTCOME",
        "RunFilter",
        "find_newest_run",
        "find_runs",
        "list_runs",
    ),
    ".logs": ("read_log_lines", "read_new_lines"),
    ".model": ("FAILED_STATUSES", "Failure", "Job", "Run", "RunCandidate"),
    ".read": ("find_evaluation_uri", "read_run"),
    ".recorded": ("RecordedRun", "find_recorded_run", "find_run_or_recorded"),
    ".redrive": ("Redrive", "redrive_run"),
    ".reusable": ("write_reusable_jobs",),
    ".reused_searches": ("ReusedSearch", "read_reused_searches"),
    ".result": ("build_run_result", "read_run_result", "write_run_result"),
    ".stop": ("stop_run",),
    ".trials": ("sort_trials",),
}

__all__ = [
    "ANY_OUTCOME",
    "FAILED_STATUSES",
    "STATUSES_BY_OUTCOME",
    "Failure",
    "Job",
    "RecordedRun",
    "Redrive",
    "RedriveCandidate",
    "ReusedSearch",
    "Run",
    "RunCandidate",
    "RunFilter",
    "StepExplanation",
    "build_run_result",
    "compute_run_cost",
    "delete_left_models",
    "delete_model",
    "explain_record",
    "explain_run",
    "find_advice",
    "find_evaluation_uri",
    "find_newest_run",
    "find_recorded_run",
    "find_redrive_candidates",
    "find_run",
    "find_run_or_recorded",
    "find_runs",
    "find_usual_seconds",
    "list_folders",
    "list_models",
    "list_runs",
    "parse_evaluation",
    "read_log_lines",
    "read_metrics",
    "read_new_lines",
    "read_object",
    "read_reused_searches",
    "read_run",
    "read_run_record",
    "read_run_result",
    "read_verdict",
    "record_checkpoints",
    "redrive_run",
    "sort_trials",
    "stop_run",
    "write_reusable_jobs",
    "write_run_result",
]

if not TYPE_CHECKING:  # a type checker would accept any name
    __getattr__ = build_getattr(__name__, NAMES)
