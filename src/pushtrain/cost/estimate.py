"""Estimate what a run can cost at most. Pure and exact: each line is rounded up to whole cents.

This is the worst case, not the likely cost: every job that the workflow can start runs until its time limit, at the
on-demand price (spot instances cost at most that), as often as the workflow itself can repeat it.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from pushtrain.config.values.money import Money
from pushtrain.cost.jobs import UNKNOWN_INSTANCE, PlannedJob
from pushtrain.cost.prices import Price, Prices

HOUR = Decimal(3600)
NOT_INCLUDED = (
    "disks, storage in S3 and data transfer",
    "time to upload what a job made once its time is up",
    "Step Functions, Lambda, logs and keys",
    "taxes; discounts",
    "runs that someone redrives or pushes again",
)


class CostLine(Struct, frozen=True, kw_only=True):
    """What one job can cost at most. If that is unknown, `cost` is None and `unknown` is the reason.

    If SageMaker chooses among several instance types, `job.instance` is the dearest.
    """

    job: PlannedJob
    price: Price | None = None
    cost: Money | None = None
    unknown: str = ""


class CostEstimate(Struct, frozen=True, kw_only=True):
    """What a run can cost at most; `total` is None if one line is unknown. `known_total` is the sum of the others.

    `as_of` is the date of the oldest price used, such as `2026-01-31`; None if no price was used.
    """

    lines: tuple[CostLine, ...]
    known_total: Money
    as_of: str | None

    @property
    def total(self) -> Money | None:
        """The sum of all lines; None if one line is unknown."""
        return self.known_total if all(line.cost for line in self.lines) else None

    @property
    def unknown(self) -> tuple[str, ...]:
        """Why the total is unknown, each reason once; empty if it is known."""
        return tuple(dict.fromkeys(line.unknown for line in self.lines if line.unknown))

    def to_document(self) -> dict[str, Any]:
        """Return the JSON form. Amounts are text, because a JSON number is not exact."""
        return {
            "amount": str(self.total.amount) if self.total else None,
            "known_total": {"amount": str(self.known_total.amount), "currency": self.known_total.currency},
            "currency": self.total.currency if self.total else None,
            "as_of": self.as_of,
            "lines": [_build_row(line) for line in self.lines],
            "unknown": list(self.unknown),
            "not_included": list(NOT_INCLUDED),
        }


def estimate_cost(jobs: Iterable[PlannedJob], prices: Prices, region: str) -> CostEstimate:
    """Return what `jobs` can cost at most in `region`."""
    lines = tuple(_build_dearest_line(job, prices, region) for job in jobs)
    currencies = {line.cost.currency for line in lines if line.cost}
    if len(currencies) > 1:
        reason = f"prices are in {' and '.join(sorted(currencies))}, which do not add up"
        lines = tuple(CostLine(job=line.job, price=line.price, unknown=line.unknown or reason) for line in lines)
    amounts = (line.cost.amount for line in lines if line.cost)
    known_total = Money(amount=sum(amounts, Decimal("0.00")), currency=min(currencies, default="USD"))
    dates = [line.price.as_of for line in lines if line.price]
    return CostEstimate(lines=lines, known_total=known_total, as_of=min(dates, default=None))


def _build_dearest_line(job: PlannedJob, prices: Prices, region: str) -> CostLine:
    """Return the line of the dearest instance type that SageMaker may choose, or of the first without a known cost."""
    types = job.preferences or (job.instance,)
    lines = [_build_line(replace(job, instance=name), prices, region) for name in types]
    unknown_line = next((line for line in lines if line.cost is None), None)
    return unknown_line or max(lines, key=lambda line: line.price.hourly.amount if line.price else Decimal(0))


def _build_line(job: PlannedJob, prices: Prices, region: str) -> CostLine:
    price = prices.find_price(region, job.kind, job.instance)
    if reason := _find_unknown(job):
        return CostLine(job=job, price=price, unknown=f"{job.step}: {reason}")
    if price is None:
        return CostLine(job=job, unknown=f"no price is known of {job.instance} for {job.kind} in {region}")
    amount = price.hourly.amount * job.instances * job.seconds * job.runs / HOUR
    return CostLine(job=job, price=price, cost=Money(amount=amount, currency=price.hourly.currency).round_up())


def _find_unknown(job: PlannedJob) -> str:
    """Return why the job's cost is unknown even with a price; empty if it is known."""
    if job.unbounded:
        return job.unbounded
    known_values = {
        "its instance type": job.instance != UNKNOWN_INSTANCE,
        "its number of instances": job.instances,
        "its time limit": job.max_runtime,
    }
    unknown_names = [name for name, value in known_values.items() if not value]
    return f"only the run knows {' and '.join(unknown_names)}" if unknown_names else ""


def _build_row(line: CostLine) -> dict[str, Any]:
    job, price = line.job, line.price
    return {
        "step": job.step,
        "instance": job.instance,
        "preferences": list(job.preferences),
        "instances": job.instances,
        "seconds": job.seconds,
        "runs": job.runs,
        "hourly": str(price.hourly.amount) if price else None,
        "as_of": price.as_of if price else None,
        "source": price.source if price else None,
        "amount": str(line.cost.amount) if line.cost else None,
        "unknown": line.unknown or None,
    }
