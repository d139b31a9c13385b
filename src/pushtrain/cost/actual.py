"""Compute what ended jobs cost on demand. Pure.

Training: BillableTimeInSeconds, which already contains the spot discount, times the number of instances (API model,
DescribeTrainingJob). Processing: the time from start to end, because SageMaker does not report billed time for it.
Disks, storage and taxes are not included.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pushtrain.catalog.job_kinds import read_instances
from pushtrain.config.values.money import Money
from pushtrain.cost.prices import Prices

HOUR = Decimal(3600)


@dataclass(frozen=True, kw_only=True)
class EndedJob:
    """A job that has ended. `kind` is `training` or `processing`, `described` SageMaker's response.

    `seconds` is the time from start to end.
    """

    kind: str
    described: Mapping[str, Any]
    seconds: float


def compute_actual_cost(jobs: Iterable[EndedJob], prices: Prices, region: str) -> Money | None:
    """Return the sum, rounded up to whole cents; None if the price of one job is unknown."""
    costs = [_compute_job_cost(job, prices, region) for job in jobs]
    known_costs = [cost for cost in costs if cost]
    currencies = {cost.currency for cost in known_costs}
    if len(known_costs) < len(costs) or len(currencies) != 1:
        return None
    return Money(amount=sum((cost.amount for cost in known_costs), Decimal(0)), currency=currencies.pop()).round_up()


def _compute_job_cost(job: EndedJob, prices: Prices, region: str) -> Money | None:
    """Return the cost of one job; None for instance groups, whose billed time is not reported per type."""
    resources = read_instances(job.described)
    price = prices.find_price(region, job.kind, resources.get("InstanceType", ""))
    if price is None or not resources.get("InstanceCount"):
        return None
    seconds = Decimal(str(job.described.get("BillableTimeInSeconds", job.seconds)))
    return Money(
        amount=price.hourly.amount * resources["InstanceCount"] * seconds / HOUR, currency=price.hourly.currency
    )
