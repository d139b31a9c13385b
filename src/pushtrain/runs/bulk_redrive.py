"""Failed runs -> those that can be redriven, and where each would go on. Reads Step Functions, changes nothing."""

from __future__ import annotations

import sys
import time

from msgspec import Struct

from pushtrain.errors import OperatorError
from pushtrain.platform import Platform
from pushtrain.runs.listing import RunFilter, find_runs
from pushtrain.runs.model import Run
from pushtrain.runs.read import read_run
from pushtrain.runs.redrive import Redrive, plan_redrive

REDRIVE_DAYS = 14  # Step Functions redrives a run that ended at most so long ago


class RedriveCandidate(Struct, frozen=True, kw_only=True):
    """A failed run. `redrive` is where it would go on, or None if `refusal` says why it cannot be redriven."""

    run: Run
    redrive: Redrive | None = None
    refusal: str = ""


def find_redrive_candidates(platform: Platform, model: str | None = None, since: float = 0.0) -> list[RedriveCandidate]:
    """Return the failed runs of a model, or of all models, that ended in the last 14 days, oldest first.

    `since` (epoch seconds) leaves out runs that started before. Runs that somebody stopped are no failed runs.
    """
    oldest_end = time.time() - REDRIVE_DAYS * 86400
    run_filter = RunFilter(model=model, outcomes=frozenset({"failed"}), since=since)
    runs = find_runs(platform, run_filter, limit=sys.maxsize)
    return [
        _build_candidate(platform, read_run(platform, run.model, run.run))
        for run in runs
        if run.started + run.seconds >= oldest_end
    ]


def _build_candidate(platform: Platform, run: Run) -> RedriveCandidate:
    try:
        return RedriveCandidate(run=run, redrive=plan_redrive(platform, run))
    except OperatorError as error:
        return RedriveCandidate(run=run, refusal=str(error))
