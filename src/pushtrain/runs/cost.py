"""Compute what a run's instances cost, with the prices of its platform. Changes nothing."""

from __future__ import annotations

from collections.abc import Iterable

from pushtrain.config.values.money import Money
from pushtrain.cost import EndedJob, compute_actual_cost, read_prices
from pushtrain.errors import ConfigError
from pushtrain.platform import Platform
from pushtrain.runs.model import Job


def compute_run_cost(platform: Platform, jobs: Iterable[Job]) -> Money | None:
    """Return what the jobs cost until now; None if it is unknown, for example without any job.

    A job that was never created costs nothing. If the price table cannot be read, the cost is unknown.
    """
    ended_jobs = [
        EndedJob(kind=job.kind.name, described=job.described, seconds=job.seconds)
        for job in jobs
        if job.status != "NotCreated"
    ]
    try:
        return compute_actual_cost(ended_jobs, read_prices(platform), platform.region)
    except ConfigError:
        return None
