"""What became of runs: states, jobs, metrics and the reason of a failure."""

from pushtrain.runs.advice import advice
from pushtrain.runs.cost import run_cost
from pushtrain.runs.durations import usual_seconds
from pushtrain.runs.evaluation import read_evaluation, read_object
from pushtrain.runs.listing import ANY, ENDS, Wanted, find_run, list_runs, newest_run, wanted_runs
from pushtrain.runs.logs import log_lines, new_lines
from pushtrain.runs.metrics import flat_metrics, metric_name
from pushtrain.runs.model import FAILED, Failure, Job, Run
from pushtrain.runs.read import show_run
from pushtrain.runs.redrive import redrive
from pushtrain.runs.stop import stop

__all__ = [
    "ANY",
    "ENDS",
    "FAILED",
    "Failure",
    "Job",
    "Run",
    "Wanted",
    "advice",
    "find_run",
    "flat_metrics",
    "list_runs",
    "log_lines",
    "metric_name",
    "new_lines",
    "newest_run",
    "read_evaluation",
    "read_object",
    "redrive",
    "run_cost",
    "show_run",
    "stop",
    "usual_seconds",
    "wanted_runs",
]
