"""`limits.max_cost` of config.yaml against the estimate of a run."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pushtrain.config import LoadedConfig, load_config
from pushtrain.config.values.money import Money
from pushtrain.cost import CostEstimate, CostLine, PlannedJob, check_cost_limit

CONFIG = """model: churn
train: {framework: sklearn 1.2-1}
evaluate: {framework: sklearn 1.2-1}
"""
LIMITED = f"{CONFIG}limits: {{max_cost: 5 USD}}\n"
JOB = PlannedJob(step="train", instance="ml.m5.large", instances=1, max_runtime=60)


def load(text: str) -> LoadedConfig:
    return load_config(text.encode())


def estimate(amount: str, currency: str = "USD") -> CostEstimate:
    return CostEstimate(lines=(), total=Money(amount=Decimal(amount), currency=currency), as_of="2026-01-31")


def test_a_run_within_its_limit_or_without_one_may_start() -> None:
    assert check_cost_limit(load(LIMITED), estimate("5.00")) is None
    assert check_cost_limit(load(CONFIG), estimate("5000.00")) is None


@pytest.mark.parametrize(
    ("estimate", "message"),
    [
        (
            estimate("5.01"),
            "a run can cost 5.01 USD, by prices of 2026-01-31, more than 5 USD. "
            "Lower max_runtime, instances or instance, or raise the limit",
        ),
        (estimate("1.00", "EUR"), "is in USD, and the prices are in EUR. Give it in EUR"),
        (
            CostEstimate(lines=(CostLine(job=JOB, unknown="no price"),), total=None, as_of=None),
            "what a run can cost is unknown: no price. Give prices (`pushtrain prices use FILE --local`) and push "
            "--again, or remove the limit",
        ),
    ],
)
def test_a_run_beyond_its_limit_is_refused_at_the_line_of_the_limit(estimate: CostEstimate, message: str) -> None:
    problem = check_cost_limit(load(LIMITED), estimate, " --local")
    assert problem is not None
    assert (problem.key, problem.line, problem.message) == ("limits.max_cost", 4, message)
