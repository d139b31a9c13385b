"""The trials of searches that a run did not repeat, because it reused the best trial of an earlier run. Reads S3."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from pushtrain.platform import Platform
from pushtrain.record import RecordedReuse, Trial
from pushtrain.runs.result import read_run_result


class ReusedSearch(Struct, frozen=True, kw_only=True):
    """A step that a run reused, and the trials of the earlier run that searched."""

    step: str
    run: str
    trials: tuple[Trial, ...]


def read_reused_searches(
    platform: Platform, model: str, reuse: Iterable[tuple[str, RecordedReuse]]
) -> tuple[ReusedSearch, ...]:
    """Return the search of each reused step that searched, as the results of the earlier runs have it.

    `reuse` are pairs of step and what the run record says about it. A result that is gone, or that does not have the
    reused job among its trials, has no search to show.
    """
    reused_jobs = [(step, entry.run, entry.job.name) for step, entry in reuse if entry.job]
    results = {run: read_run_result(platform, model, run) for run in {run for _, run, _ in reused_jobs}}

    def select() -> Iterator[ReusedSearch]:
        for step, run, name in reused_jobs:
            result = results[run]
            for job in result.jobs if result else ():
                if job.step == step and any(trial.name == name for trial in job.trials):
                    yield ReusedSearch(step=step, run=run, trials=job.trials)

    return tuple(select())
