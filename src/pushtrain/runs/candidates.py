"""The candidates of a run: which jobs each had, its rank, and why it failed. Pure.

In: the input and the history of an execution, its jobs and its verdict. Out: a RunCandidate for each.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pushtrain.decide import CandidateResult, Verdict
from pushtrain.record import CandidateSteps, read_candidates
from pushtrain.runs.failure import explain_candidate
from pushtrain.runs.model import Job, RunCandidate


def list_candidates(
    execution_input: Mapping[str, Any],
    events: Sequence[Mapping[str, Any]],
    jobs: Sequence[Job],
    verdict: Verdict | None,
    read_log: Callable[[Job], Sequence[str]] = lambda _: (),
) -> tuple[RunCandidate, ...]:
    """Return the candidates in the order of config.yaml. `read_log(job)` returns the last lines of a job's log."""
    results = {result.name: result for result in verdict.candidates} if verdict else {}
    return tuple(
        _build_candidate(entry, results.get(entry.name), events, jobs, read_log)
        for entry in read_candidates(execution_input)
    )


def _build_candidate(
    entry: CandidateSteps,
    result: CandidateResult | None,
    events: Sequence[Mapping[str, Any]],
    jobs: Sequence[Job],
    read_log: Callable[[Job], Sequence[str]],
) -> RunCandidate:
    own_jobs = [job for job in jobs if job.step in entry.steps]
    return RunCandidate(
        name=entry.name,
        steps=entry.steps,
        rank=result.rank if result else None,
        value=result.value if result else None,
        reason=explain_candidate(events, entry.name, own_jobs, read_log) or (result.reason if result else ""),
        metrics=dict(result.metrics) if result else {},
        seconds=_measure_seconds(own_jobs),
    )


def _measure_seconds(jobs: Sequence[Job]) -> float:
    """Return the time from the start of the first job to the end of the last one; 0 if none was started."""
    started_jobs = [job for job in jobs if job.started]
    ends = (job.started + job.seconds for job in started_jobs)
    return round(max(ends) - min(job.started for job in started_jobs), 3) if started_jobs else 0.0
