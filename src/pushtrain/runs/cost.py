"""Compute what a run's instances cost, with the prices of its platform. Changes nothing."""

from __future__ import annotations

from collections.abc import Iterable

from pushtrain.config.values.money import Money
from pushtrain.cost import ActualCost, EndedJob, add_costs, compute_job_cost, read_prices
from pushtrain.errors import ConfigError
from pushtrain.platform import Platform
from pushtrain.runs.model import Job


def compute_run_cost(platform: Platform, jobs: Iterable[Job]) -> Money | None:
    """Return what the jobs cost until now; None if it is unknown, for example without any job.

    A job that was never created costs nothing. If the price table cannot be read, the cost is unknown.
    """
    total = add_costs(compute_job_costs(platform, jobs).values())
    return total.money if total else None


def compute_job_costs(platform: Platform, jobs: Iterable[Job]) -> dict[str, ActualCost | None]:
    """Return what each job cost until now, by the job's name; None if it is unknown.

    Jobs that were never created are left out. If the price table cannot be read, every cost is unknown.
    """
    created_jobs = [job for job in jobs if job.status != "NotCreated"]
    try:
        prices = read_prices(platform)
    except ConfigError:
        return dict.fromkeys(job.name for job in created_jobs)
    ended_jobs = {
        job.name: EndedJob(kind=job.kind.billed_as, described=job.described, seconds=job.paid_seconds)
        for job in created_jobs
    }
    return {name: compute_job_cost(job, prices, platform.price_region) for name, job in ended_jobs.items()}
