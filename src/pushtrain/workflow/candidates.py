"""Run candidates side by side: a Parallel state with one branch for each, in which another Parallel state has its jobs.

The inner Parallel state has one branch and a Catch: a candidate that fails ends by itself, and the others go on. After
them, `$.candidates.<candidate>` is either `{"jobs": …}` or `{"error": "States.TaskFailed"}`. The error's cause is left
out: it may have 32,768 characters, and a state holds 262,144 bytes. The history of the run has it. Pure.

A run whose candidates all failed ends in a Fail state, which a redrive would enter again.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pushtrain.record import build_path_name
from pushtrain.workflow.runtime_values import JOBS
from pushtrain.workflow.states import (
    EMPTY,
    NO_REDRIVE,
    Fragment,
    State,
    build_state,
    chain,
    fail,
    guard,
)

if TYPE_CHECKING:
    from pushtrain.config import Candidate

CANDIDATE_RESULTS = "$.candidates"
ALL_CANDIDATES = "all candidates"  # names of states; those of steps have no spaces
NO_CANDIDATE = "no candidate left"
CATCH: State = {"ErrorEquals": ["States.ALL"]}


def run_candidates(branches: Iterable[tuple[Candidate, Fragment]]) -> Fragment:
    """Return the candidates, each with the Fragment of its jobs, and the check that one is left. Empty without any."""
    pairs = list(branches)
    if not pairs:
        return EMPTY
    candidates = [candidate for candidate, _ in pairs]
    scopes = [_run_candidate(candidate, jobs).build_scope() for candidate, jobs in pairs]
    state: State = {"Type": "Parallel", "Branches": scopes, "ResultSelector": select_candidate_results(candidates)}
    return chain(build_state(ALL_CANDIDATES, {**state, "ResultPath": CANDIDATE_RESULTS}), require_candidate(candidates))


def name_candidate(candidate: Candidate) -> str:
    """Return the name of the state that runs a candidate: `candidate boost`."""
    return f"candidate {candidate.name}"


def name_failed_candidate(name: str) -> str:
    """Return the name of the last state of a failed candidate: `candidate boost failed`. Its input is the error."""
    return f"candidate {name} failed"


def build_failed_candidate(candidate: Candidate) -> Fragment:
    """Return the state that a failed candidate ends with. Its input is the error."""
    state: State = {"Type": "Pass", "Parameters": {"error.$": "$.Error"}}
    return build_state(name_failed_candidate(candidate.name), state)


def build_candidate_path(candidate: Candidate) -> str:
    """Return the path of a candidate's result: `$.candidates.boost`."""
    return f"{CANDIDATE_RESULTS}.{build_path_name(candidate.name)}"


def find_jobs_path(variant: Candidate) -> str:
    """Return the path of the results of the jobs that trained and evaluated a model."""
    return f"{build_candidate_path(variant)}.jobs" if variant.name else JOBS


def select_candidate_jobs(candidate: Candidate) -> State:
    """Return the ResultSelector of the state that runs a candidate: the results of its own jobs."""
    keys = [build_path_name(step) for step in candidate.run_steps]
    return {"jobs": {f"{key}.$": f"$[0].jobs.{key}" for key in keys}}


def select_candidate_results(candidates: Iterable[Candidate]) -> State:
    """Return the ResultSelector of the state that runs all candidates: the result of each by its name."""
    return {f"{build_path_name(candidate.name)}.$": f"$[{index}]" for index, candidate in enumerate(candidates)}


def require_candidate(candidates: Iterable[Candidate]) -> Fragment:
    """Go on only if one candidate has not failed."""
    paths = {candidate.name: build_candidate_path(candidate) for candidate in candidates}
    cause = f"Every candidate failed: {', '.join(paths)}. {NO_REDRIVE}"
    rule = {"And": [{"Variable": f"{path}.jobs", "IsPresent": False} for path in paths.values()]}
    return guard("candidate left?", [(rule, fail(NO_CANDIDATE, "AllCandidatesFailed", cause))])


def _run_candidate(candidate: Candidate, jobs: Fragment) -> Fragment:
    failed = build_failed_candidate(candidate)
    state: State = {
        "Type": "Parallel",
        "Branches": [jobs.build_scope()],
        "ResultSelector": select_candidate_jobs(candidate),
        "Catch": [{**CATCH, "Next": failed.start}],
    }
    attempt = build_state(name_candidate(candidate), state)
    return Fragment({**attempt.states, **failed.states}, attempt.start, (*attempt.ends, *failed.ends))
