"""Compute what ended jobs cost on demand. Pure.

Training: BillableTimeInSeconds, which already contains the spot discount, times the number of instances (API model,
DescribeTrainingJob). Processing: the time from start to end, because SageMaker does not report billed time for it.
A job for which AWS had no instance costs nothing.
Disks, storage and taxes are not included.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from pushtrain.catalog.job_fields import has_found_no_instance, read_instances
from pushtrain.config.values.money import Money

if TYPE_CHECKING:
    from pushtrain.cost.prices import Prices

HOUR = Decimal(3600)


class EndedJob(Struct, frozen=True, kw_only=True):
    """A job that has ended. `kind` is `training` or `processing`, `described` SageMaker's response.

    `seconds` is the time from start to end.
    """

    kind: str
    described: Mapping[str, Any]
    seconds: float


class ActualCost(Struct, frozen=True, kw_only=True):
    """What one or more jobs cost. `as_of` is the date of the oldest price in it: `2026-11-01`."""

    money: Money
    as_of: str


def compute_actual_cost(jobs: Iterable[EndedJob], prices: Prices, region: str) -> Money | None:
    """Return the sum, rounded up to whole cents; None if the price of one job is unknown."""
    total = add_costs(compute_job_cost(job, prices, region) for job in jobs)
    return total.money if total else None


def add_costs(costs: Iterable[ActualCost | None]) -> ActualCost | None:
    """Return the sum, rounded up to whole cents; None if one cost is unknown, or if there are none to add."""
    all_costs = list(costs)
    known_costs = [cost for cost in all_costs if cost]
    currencies = {cost.money.currency for cost in known_costs}
    if len(known_costs) < len(all_costs) or len(currencies) != 1:
        return None
    amount = sum((cost.money.amount for cost in known_costs), Decimal(0))
    money = Money(amount=amount, currency=currencies.pop()).round_up()
    return ActualCost(money=money, as_of=min(cost.as_of for cost in known_costs))


def compute_job_cost(job: EndedJob, prices: Prices, region: str) -> ActualCost | None:
    """Return the exact cost of one job; None if its price is unknown.

    Instance groups have no known cost, because SageMaker does not report their billed time per type.
    """
    resources = read_instances(job.described)
    price = prices.find_price(region, job.kind, resources.get("InstanceType", ""))
    if price is None or not resources.get("InstanceCount"):
        return None
    seconds = Decimal(str(job.described.get("BillableTimeInSeconds", job.seconds)))
    seconds = Decimal(0) if has_found_no_instance(job.described) else seconds
    amount = price.hourly.amount * resources["InstanceCount"] * seconds / HOUR
    return ActualCost(money=Money(amount=amount, currency=price.hourly.currency), as_of=price.as_of)
