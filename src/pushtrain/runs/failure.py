"""Why a run failed, in the words a person should read first: the script's own before the wrapper's. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pushtrain.catalog.suggest import find_closest
from pushtrain.runs.metrics import find_non_finite, flatten_metrics
from pushtrain.runs.model import FAILED_STATUSES, Failure, Job
from pushtrain.runs.real_error import find_script_error
from pushtrain.workflow.states import NO_REDRIVE

FEW = 5  # metrics that are listed in one line


def explain_failure(
    described: Mapping[str, Any],
    events: Sequence[Mapping[str, Any]],
    jobs: Sequence[Job],
    evaluation: object,
    read_log: Callable[[Job], Sequence[str]] = lambda _: (),
) -> Failure | None:
    """The failure of an execution; None when it did not fail.

    `described` is DescribeExecution's answer, `events` its history, `evaluation` what evaluation.json holds.
    `read_log` is asked for the last lines of a job whose reason does not name the script's error.
    """
    if described["status"] not in FAILED_STATUSES:
        return None
    entered = (event.get("stateEnteredEventDetails", {}).get("name") for event in reversed(events))
    state = next((name for name in entered if name), "")
    step = next((job.step for job in jobs if state == job.step or state.startswith(f"{job.step} ")), _room(state))
    job = next((job for job in reversed(jobs) if job.step == step), None)
    silent = job is not None and job.status == "Failed" and not find_script_error(job.reason)
    lines = read_log(job) if job and silent else ()
    return Failure(step=step, reason=_reason(described, state, job, evaluation, lines), log=job.log if job else "")


def _reason(described: Mapping[str, Any], state: str, job: Job | None, evaluation: object, lines: Sequence[str]) -> str:
    error = str(described.get("error", ""))
    cause = str(described.get("cause", "")).removesuffix(NO_REDRIVE).strip()
    if described["status"] == "ABORTED":
        return cause or "stopped"
    if state == "read metrics":
        return _unread(error, cause, evaluation)
    if error in {"MetricMissing", "MetricNotANumber"}:
        return f"{cause}{_meant(cause, evaluation)}"
    if job and job.status == "Failed":
        return find_script_error(job.reason, lines) or job.reason or cause
    if job and job.status == "Stopped" and 0 < job.limit <= job.seconds:
        return f"stopped at its max_runtime of {job.limit} s. Raise {job.step}.max_runtime in config.yaml"
    return cause or error


def _room(state: str) -> str:
    """States that are no job's own belong to the gate, but for the registration."""
    return state if state in {"", "register"} else "gate"


def _meant(cause: str, evaluation: object) -> str:
    """The metric that was probably meant: the same word deeper inside, or one of nearly the same name."""
    asked = re.search(r"metric (?:'(.*?)'|\"(.*?)\")(?:,| of) ", cause)
    if asked is None:
        return ""
    wanted, known = asked[1] or asked[2], flatten_metrics(evaluation)
    word = next(part for part in reversed(wanted.split(".")) if part != "value")
    inside = [name for name in known if name.startswith(f"{wanted}.")]
    if " has no metric " not in cause:  # it is there, and no number: a mapping that holds some, at best
        return f" Did you mean {min(inside, key=len)!r}?" if inside else ""
    alike = [*inside, *(name for name in known if word in name.split("."))]
    if found := min(alike, key=len, default=None) or find_closest(wanted, known):
        return f" Did you mean {found!r}?"
    listed = ", ".join(list(known)[:FEW]) + (" …" if len(known) > FEW else "")
    return f" It has: {listed}" if known else " It has no metric at all"


def _unread(error: str, cause: str, evaluation: object) -> str:
    if "DataLimitExceeded" in error:
        return "evaluation.json is larger than 200 KB, which no state can hold. Move its arrays to plots.json"
    if "NoSuchKey" in error:
        return "the evaluate job wrote no evaluation.json: write it to /opt/ml/processing/evaluation/evaluation.json"
    if bad := find_non_finite(evaluation):
        return f"evaluation.json: {', '.join(bad)} is NaN or Infinity, which JSON cannot hold. Write a finite number"
    if error in {"States.IntrinsicFailure", "States.Runtime"}:
        return f"evaluation.json is not JSON: {cause.rpartition('following error: ')[2]}. Write it with json.dump"
    return f"evaluation.json could not be read: {cause or error}"
