"""Explain why a run failed. The error of the user's script comes first, not that of its wrapper. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pushtrain.catalog.suggest import find_closest
from pushtrain.decide.metrics import find_non_finite, flatten_metrics
from pushtrain.runs.history import History
from pushtrain.runs.model import FAILED_STATUSES, Failure, Job
from pushtrain.runs.real_error import find_script_error
from pushtrain.workflow.states import NO_REDRIVE

MAX_LISTED_METRICS = 5  # metrics that a message lists


def explain_failure(
    described: Mapping[str, Any],
    events: Sequence[Mapping[str, Any]],
    jobs: Sequence[Job],
    evaluation: object,
    read_log: Callable[[Job], Sequence[str]] = lambda _: (),
) -> Failure | None:
    """Return why an execution failed; None if it did not fail.

    `described` is the response of DescribeExecution, `events` the execution's history, `evaluation` the parsed
    evaluation.json. `read_log(job)` returns the last lines of a job's log; it is called only if the job's own reason
    does not name the script's error.
    """
    if described["status"] not in FAILED_STATUSES:
        return None
    failed_state = History(events).find_failed_state()
    state = failed_state.name if failed_state else ""
    step = next(
        (job.step for job in jobs if state == job.step or state.startswith(f"{job.step} ")), _step_of_state(state)
    )
    job = next((job for job in reversed(jobs) if job.step == step), None)
    needs_log = job is not None and job.status == "Failed" and not find_script_error(job.reason)
    lines = read_log(job) if job and needs_log else ()
    return Failure(step=step, reason=_reason(described, state, job, evaluation, lines), log=job.log if job else "")


def _reason(described: Mapping[str, Any], state: str, job: Job | None, evaluation: object, lines: Sequence[str]) -> str:
    error = str(described.get("error", ""))
    cause = str(described.get("cause", "")).removesuffix(NO_REDRIVE).strip()
    if described["status"] == "ABORTED":
        return cause or "stopped"
    if state == "read metrics":
        return _explain_unread_metrics(error, cause, evaluation)
    if error in {"MetricMissing", "MetricNotANumber"}:
        return f"{cause}{_suggest_metric(cause, evaluation)}"
    if job and job.status == "Failed":
        return find_script_error(job.reason, lines) or job.reason or cause
    if job and job.status == "Stopped" and 0 < job.limit <= job.seconds:
        return f"stopped at its max_runtime of {job.limit} s. Raise {job.step}.max_runtime in config.yaml"
    return cause or error


def _step_of_state(state: str) -> str:
    """Return `register` for that state; all other states that run no job belong to the gate."""
    return state if state in {"", "register"} else "gate"


def _suggest_metric(cause: str, evaluation: object) -> str:
    """Suggest a metric: one with the same key deeper in the document, or with a similar name."""
    match = re.search(r"metric (?:'(.*?)'|\"(.*?)\")(?:,| of) ", cause)
    if match is None:
        return ""
    name, metrics = match[1] or match[2], flatten_metrics(evaluation)
    key = next(part for part in reversed(name.split(".")) if part != "value")
    inner_names = [metric for metric in metrics if metric.startswith(f"{name}.")]
    if " has no metric " not in cause:  # the key exists, but it is not a number; it may be a mapping that holds numbers
        return f" Did you mean {min(inner_names, key=len)!r}?" if inner_names else ""
    candidates = [*inner_names, *(metric for metric in metrics if key in metric.split("."))]
    if suggestion := min(candidates, key=len, default=None) or find_closest(name, metrics):
        return f" Did you mean {suggestion!r}?"
    first_names = ", ".join(list(metrics)[:MAX_LISTED_METRICS]) + (" …" if len(metrics) > MAX_LISTED_METRICS else "")
    return f" It has: {first_names}" if metrics else " It has no metric at all"


def _explain_unread_metrics(error: str, cause: str, evaluation: object) -> str:
    if "DataLimitExceeded" in error:
        return "evaluation.json is larger than 200 KB, which no state can hold. Move its arrays to plots.json"
    if "NoSuchKey" in error:
        return "the evaluate job wrote no evaluation.json: write it to /opt/ml/processing/evaluation/evaluation.json"
    if bad := find_non_finite(evaluation):
        return f"evaluation.json: {', '.join(bad)} is NaN or Infinity, which JSON cannot hold. Write a finite number"
    if error in {"States.IntrinsicFailure", "States.Runtime"}:
        return f"evaluation.json is not JSON: {cause.rpartition('following error: ')[2]}. Write it with json.dump"
    return f"evaluation.json could not be read: {cause or error}"
