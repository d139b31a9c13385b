"""`limits.max_cost` of config.yaml against the estimate of a run."""

from __future__ import annotations

from decimal import Decimal

import msgspec
import pytest

from pushtrain.config import LoadedConfig, load_config
from pushtrain.config.values.money import Money
from pushtrain.cost import CostEstimate, CostLine, PlannedJob, check_cost_limit, has_cost_limit
from pushtrain.platform import Platform

CONFIG = """model: churn
train: {framework: sklearn 1.2-1}
evaluate: {framework: sklearn 1.2-1}
"""
LIMITED = f"{CONFIG}limits: {{max_cost: 5 USD}}\n"
LOCAL = Platform.local()
CAPPED = msgspec.structs.replace(LOCAL, max_cost="4 USD")
NOTHING = Money(amount=Decimal("0.00"), currency="USD")
JOB = PlannedJob(step="train", instance="ml.m5.large", instances=1, max_runtime=60)


def load(text: str) -> LoadedConfig:
    return load_config(text.encode())


def estimate(amount: str, currency: str = "USD") -> CostEstimate:
    return CostEstimate(lines=(), known_total=Money(amount=Decimal(amount), currency=currency), as_of="2026-01-31")


def test_a_run_within_its_limit_or_without_one_may_start() -> None:
    assert check_cost_limit(load(LIMITED), estimate("5.00"), LOCAL) is None
    assert check_cost_limit(load(CONFIG), estimate("5000.00"), LOCAL) is None


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
            CostEstimate(lines=(CostLine(job=JOB, unknown="no price"),), known_total=NOTHING, as_of=None),
            "what a run can cost is unknown: no price. Give prices (`pushtrain prices use FILE --local`) and push "
            "--again, or remove the limit",
        ),
    ],
)
def test_a_run_beyond_its_limit_is_refused_at_the_line_of_the_limit(estimate: CostEstimate, message: str) -> None:
    problem = check_cost_limit(load(LIMITED), estimate, LOCAL)
    assert problem is not None
    assert (problem.key, problem.line, problem.message) == ("limits.max_cost", 4, message)


@pytest.mark.parametrize(
    ("estimate", "message"),
    [
        (
            estimate("4.01"),
            "a run can cost 4.01 USD, by prices of 2026-01-31, more than the platform's limit of 4 USD. "
            "Lower max_runtime, instances or instance",
        ),
        (
            estimate("1.00", "EUR"),
            "the platform's limit of 4 USD is in USD, and the prices are in EUR. Change the settings of the platform "
            "to EUR",
        ),
        (
            CostEstimate(lines=(CostLine(job=JOB, unknown="no price"),), known_total=NOTHING, as_of=None),
            "what a run can cost is unknown: no price. Runs have the platform's limit of 4 USD. Give prices "
            "(`pushtrain prices use FILE --local`) and push --again",
        ),
    ],
)
def test_a_run_beyond_the_limit_of_the_platform_is_refused_whatever_the_config_says(
    estimate: CostEstimate, message: str
) -> None:
    problem = check_cost_limit(load(CONFIG), estimate, CAPPED)
    assert problem is not None
    assert (problem.key, problem.message) == ("limits.max_cost", message)


def test_the_stricter_limit_decides() -> None:
    assert check_cost_limit(load(LIMITED), estimate("3.00"), CAPPED) is None
    problem = check_cost_limit(load(LIMITED), estimate("4.50"), CAPPED)
    assert problem is not None
    assert "more than the platform's limit of 4 USD" in problem.message
    assert problem.line == 4
    problem = check_cost_limit(load(LIMITED), estimate("9.00"), CAPPED)
    assert problem is not None
    assert "more than 5 USD" in problem.message


def test_prices_are_needed_only_if_there_is_a_limit() -> None:
    assert not has_cost_limit(load(CONFIG), LOCAL)
    assert has_cost_limit(load(CONFIG), CAPPED)
    assert has_cost_limit(load(LIMITED), LOCAL)
