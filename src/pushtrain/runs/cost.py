"""What a run's machines cost, by the prices its platform goes by. Reads the price table, changes nothing."""

from __future__ import annotations

from collections.abc import Iterable

from pushtrain.config.values.money import Money
from pushtrain.cost import EndedJob, compute_actual_cost, read_prices
from pushtrain.errors import ConfigError
from pushtrain.platform import Platform
from pushtrain.runs.model import Job


def compute_run_cost(platform: Platform, jobs: Iterable[Job]) -> Money | None:
    """What the jobs cost, those of one that still runs so far; None where it is not known, as without any job.

    A job that never was costs nothing. A price table that cannot be read tells no price.
    """
    ended = [
        EndedJob(kind=job.kind.lower(), described=job.described, seconds=job.seconds)
        for job in jobs
        if job.status != "NotCreated"
    ]
    try:
        return compute_actual_cost(ended, read_prices(platform), platform.region)
    except ConfigError:
        return None
