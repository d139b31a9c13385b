"""Jobs that have ended and prices -> what their machines cost on demand. Pure.

Training: BillableTimeInSeconds times machines, which for spot machines holds their discount (API model,
DescribeTrainingJob). Processing tells no billed time: from its start to its end. Disks, storage and taxes come on top.
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
    """`kind` is `training` or `processing`; `described` SageMaker's answer; `seconds` from start to end."""

    kind: str
    described: Mapping[str, Any]
    seconds: float


def compute_actual_cost(jobs: Iterable[EndedJob], prices: Prices, region: str) -> Money | None:
    """The sum, in whole cents and never too little; None as soon as the price of one job is not known."""
    costs = [_cost(job, prices, region) for job in jobs]
    known = [cost for cost in costs if cost]
    currencies = {cost.currency for cost in known}
    if len(known) < len(costs) or len(currencies) != 1:
        return None
    return Money(amount=sum((cost.amount for cost in known), Decimal(0)), currency=currencies.pop()).round_up()


def _cost(job: EndedJob, prices: Prices, region: str) -> Money | None:
    """Machines in groups have types of their own, which share no billed time that is told: not known."""
    machines = read_instances(job.described)
    price = prices.find_price(region, job.kind, machines.get("InstanceType", ""))
    if price is None or not machines.get("InstanceCount"):
        return None
    seconds = Decimal(str(job.described.get("BillableTimeInSeconds", job.seconds)))
    return Money(
        amount=price.hourly.amount * machines["InstanceCount"] * seconds / HOUR, currency=price.hourly.currency
    )
