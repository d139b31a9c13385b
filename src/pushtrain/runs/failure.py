"""Explain why a run failed. The error of the user's script comes first, not that of its wrapper. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from pushtrain.catalog.job_kinds import TRANSFORM
from pushtrain.errors import DecideError
from pushtrain.runs.history import History
from pushtrain.runs.model import FAILED_STATUSES, Failure, Job, RunCandidate
from pushtrain.runs.real_error import PREFIX, find_script_error
from pushtrain.workflow.candidates import NO_CANDIDATE, name_failed_candidate
from pushtrain.workflow.names import CREATE_MODEL
from pushtrain.workflow.states import NO_REDRIVE

SEE_LOGS = "See job logs"  # a transform job of SageMaker says so if the container answered with an error
CANDIDATES = "candidates"  # the step of a failure if no candidate can be registered
EVERY_CANDIDATE_FAILED = "every candidate failed"
DECIDE_ERRORS = frozenset(kind.__name__ for kind in DecideError.__subclasses__())


def explain_failure(
    described: Mapping[str, Any],
    events: Sequence[Mapping[str, Any]],
    jobs: Sequence[Job],
    read_log: Callable[[Job], Sequence[str]] = lambda _: (),
    candidates: Iterable[RunCandidate] = (),
) -> Failure | None:
    """Return why an execution failed; None if it did not fail.

    `described` is the response of DescribeExecution, `events` the execution's history. `read_log(job)` returns the last
    lines of a job's log; it is called only if the job's own reason does not name the script's error. `candidates` are
    those of the run.
    """
    if described["status"] not in FAILED_STATUSES:
        return None
    failed_state = History(events).find_failed_state()
    state = failed_state.name if failed_state else ""
    if state == NO_CANDIDATE:
        reasons = "; ".join(f"{candidate.name}: {candidate.reason}" for candidate in candidates)
        return Failure(step=CANDIDATES, reason=f"{EVERY_CANDIDATE_FAILED}. {reasons}")
    step = next(
        (job.step for job in jobs if state == job.step or state.startswith(f"{job.step} ")), _step_of_state(state)
    )
    job = next((job for job in reversed(jobs) if job.step == step), None)
    return Failure(step=step, reason=_reason(described, job, read_log), log=job.log if job else "")


def explain_candidate(
    events: Sequence[Mapping[str, Any]],
    name: str,
    jobs: Sequence[Job],
    read_log: Callable[[Job], Sequence[str]] = lambda _: (),
) -> str:
    """Return why the jobs of a candidate failed, with the step; empty if they did not. `jobs` are those of it."""
    history = History(events)
    failed_states = [state for state in history.entered_states if state.name == name_failed_candidate(name)]
    if not failed_states:
        return ""
    error = json.loads(history.find_entry(failed_states[-1])["stateEnteredEventDetails"]["input"])
    described = {"status": "FAILED", "error": error.get("Error", ""), "cause": error.get("Cause", "")}
    job = next((job for job in jobs if job.status == "Failed"), jobs[-1] if jobs else None)
    reason = _reason(described, job, read_log)
    return f"{job.step}: {reason}" if job else reason


def _reason(described: Mapping[str, Any], job: Job | None, read_log: Callable[[Job], Sequence[str]]) -> str:
    error = str(described.get("error", ""))
    cause = str(described.get("cause", "")).removesuffix(NO_REDRIVE).strip()
    if described["status"] == "ABORTED":
        return cause or "stopped"
    if answer := _parse_function_error(cause):
        return answer
    if job and job.status == "Failed":
        failed = next((trial.reason for trial in job.trials if trial.reason), "")
        job_reason = failed or job.reason
        if job.kind is TRANSFORM and job_reason and SEE_LOGS not in job_reason:  # it names file, line and error
            return job_reason.removeprefix(PREFIX)
        lines = () if find_script_error(job_reason) else read_log(job)
        reason = find_script_error(job_reason, lines) or job_reason or cause
        return f"none of {len(job.trials)} trials succeeded. The first that failed: {reason}" if failed else reason
    if job and job.status == "Stopped" and 0 < job.limit <= job.seconds:
        return f"stopped at its max_runtime of {job.limit} s. Raise {job.step}.max_runtime in config.yaml"
    return cause or error


def _step_of_state(state: str) -> str:
    """Return `register` for that state, the step whose model is created; all other states belong to the gate."""
    if state.startswith(CREATE_MODEL):
        return state.removeprefix(CREATE_MODEL)
    return "register" if state.startswith("register") else "gate" if state else ""


def _parse_function_error(cause: str) -> str:
    """Return what the function `on_decide` raised; empty if `cause` is not its answer. Only DecideErrors are for users.

    Source of the members: Lambda developer guide, "Python function errors".
    """
    try:
        answer = json.loads(cause)
        error, message = str(answer["errorType"]), str(answer["errorMessage"])
    except (ValueError, KeyError, TypeError):
        return ""
    return message if error in DECIDE_ERRORS else f"the function on_decide failed with {error}: {message}"
