"""Why a run failed, in the words a person should read first: the script's own before the wrapper's. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pushtrain.runs.metrics import not_finite
from pushtrain.runs.model import FAILED, Failure, Job
from pushtrain.workflow.states import NO_REDRIVE


def explain(
    described: Mapping[str, Any], events: Sequence[Mapping[str, Any]], jobs: Sequence[Job], evaluation: object
) -> Failure | None:
    """The failure of an execution; None when it did not fail.

    `described` is DescribeExecution's answer, `events` its history, `evaluation` what evaluation.json holds.
    """
    if described["status"] not in FAILED:
        return None
    entered = (event.get("stateEnteredEventDetails", {}).get("name") for event in reversed(events))
    state = next((name for name in entered if name), "")
    step = next((job.step for job in jobs if state == job.step or state.startswith(f"{job.step} ")), _room(state))
    job = next((job for job in reversed(jobs) if job.step == step), None)
    return Failure(step=step, reason=_reason(described, state, job, evaluation), log=job.log if job else "")


def _reason(described: Mapping[str, Any], state: str, job: Job | None, evaluation: object) -> str:
    error = str(described.get("error", ""))
    cause = str(described.get("cause", "")).removesuffix(NO_REDRIVE).strip()
    if described["status"] == "ABORTED":
        return cause or "stopped"
    if state == "read metrics":
        return _unread(error, cause, evaluation)
    if job and job.status == "Failed":
        return job.reason or cause
    if job and job.status == "Stopped" and 0 < job.limit <= job.seconds:
        return f"stopped at its max_runtime of {job.limit} s. Raise {job.step}.max_runtime in config.yaml"
    return cause or error


def _room(state: str) -> str:
    """States that are no job's own belong to the gate, but for the registration."""
    return state if state in {"", "register"} else "gate"


def _unread(error: str, cause: str, evaluation: object) -> str:
    if "DataLimitExceeded" in error:
        return "evaluation.json is larger than 200 KB, which no state can hold. Move its arrays to plots.json"
    if "NoSuchKey" in error:
        return "the evaluate job wrote no evaluation.json: write it to /opt/ml/processing/evaluation/evaluation.json"
    if bad := not_finite(evaluation):
        return f"evaluation.json: {', '.join(bad)} is NaN or Infinity, which JSON cannot hold. Write a finite number"
    if error in {"States.IntrinsicFailure", "States.Runtime"}:
        return f"evaluation.json is not JSON: {cause.rpartition('following error: ')[2]}. Write it with json.dump"
    return f"evaluation.json could not be read: {cause or error}"
