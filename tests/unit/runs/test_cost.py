"""What the instances of a run cost."""

from __future__ import annotations

import pytest

from pushtrain.catalog import job_kinds
from pushtrain.cost import Prices, parse_prices
from pushtrain.errors import ConfigError, Problem
from pushtrain.platform import Platform
from pushtrain.runs import cost
from pushtrain.runs.model import Job

TABLE = b"""
prices: [{region: us-east-1, as_of: "2026-01-31", source: a page, training: {ml.m5.large: 3.60 USD}}]
"""
RESOURCES = {"ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 2}}


def job(status: str = "Completed") -> Job:
    return Job(step="train", name="job", kind=job_kinds.TRAINING, status=status, seconds=600.0, described=RESOURCES)


def prices(_: Platform) -> Prices:
    return parse_prices(TABLE, file="prices.yaml")


def test_two_instances_for_ten_minutes_cost_twenty_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cost, "read_prices", prices)
    assert str(cost.compute_run_cost(Platform.local(), [job()])) == "1.20 USD"


def test_a_job_that_was_never_created_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cost, "read_prices", prices)
    assert str(cost.compute_run_cost(Platform.local(), [job(), job("NotCreated")])) == "1.20 USD"


def test_without_jobs_or_without_a_readable_table_the_cost_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cost, "read_prices", prices)
    assert cost.compute_run_cost(Platform.local(), []) is None

    def broken(_: Platform) -> Prices:
        raise ConfigError([Problem(message="is not YAML")])

    monkeypatch.setattr(cost, "read_prices", broken)
    assert cost.compute_run_cost(Platform.local(), [job()]) is None
