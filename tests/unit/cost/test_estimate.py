"""What a run can cost at most, exactly."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from pushtrain.cost import PlannedJob, Prices, estimate_cost, parse_prices

TABLE = """
prices:
  - region: eu-west-1
    as_of: "2026-02-01"
    source: a page
    training: {ml.g5.xlarge: 1.10 USD, ml.m5.xlarge: 0.1000000001 USD}
  - region: eu-west-1
    as_of: "2026-03-01"
    source: a newer page
    training: {ml.m5.xlarge: 0.1 USD}
    processing: {ml.m5.large: 0.13 USD, ml.m5.xlarge: 7 CNY}
"""


def prices(text: str = TABLE) -> Prices:
    return parse_prices(text.encode(), file="prices.yaml")


def job(instance: str = "ml.g5.xlarge", kind: str = "training", **others: Any) -> PlannedJob:
    values: dict[str, Any] = {"step": "train", "instances": 1, "max_runtime": 3480} | others
    return PlannedJob(instance=instance, kind=kind, **values)


def test_the_most_is_machines_times_time_times_runs_at_the_on_demand_price() -> None:
    found = estimate_cost(
        [job(instances=3, runs=2, spot=True), job("ml.m5.large", "processing")], prices(), "eu-west-1"
    )
    assert [str(line.cost) for line in found.lines] == ["6.60 USD", "0.13 USD"]
    assert found.total is not None
    assert (found.total.amount, found.total.currency) == (Decimal("6.73"), "USD")
    assert found.as_of == "2026-02-01"


def test_the_dearest_of_the_types_that_sagemaker_may_choose_counts() -> None:
    choice = job("ml.m5.xlarge", preferences=("ml.m5.xlarge", "ml.g5.xlarge"))
    estimate = estimate_cost([choice], prices(), "eu-west-1")
    assert [(line.job.instance, str(line.cost)) for line in estimate.lines] == [("ml.g5.xlarge", "1.10 USD")]
    assert estimate.to_document()["lines"][0]["preferences"] == ["ml.m5.xlarge", "ml.g5.xlarge"]
    unknown = estimate_cost([job(preferences=("ml.g5.xlarge", "ml.g5.2xlarge"))], prices(), "eu-west-1")
    assert unknown.unknown == ("no price is known of ml.g5.2xlarge for training in eu-west-1",)


def test_it_is_never_said_to_be_less_than_it_is() -> None:
    found = estimate_cost([job("ml.m5.large", "processing", max_runtime=1)], prices(), "eu-west-1")
    assert str(found.total) == "0.01 USD"


def test_one_unknown_price_makes_the_total_unknown_and_nothing_is_taken_from_elsewhere() -> None:
    document = estimate_cost([job(), job("ml.g5.2xlarge")], prices(), "eu-west-1").to_document()
    assert document["amount"] is document["currency"] is None
    assert document["known_total"] == {"amount": "1.10", "currency": "USD"}
    assert document["unknown"] == ["no price is known of ml.g5.2xlarge for training in eu-west-1"]
    assert [line["amount"] for line in document["lines"]] == ["1.10", None]
    assert not estimate_cost([job()], prices(), "eu-west-2").total
    assert not estimate_cost([job(kind="processing")], prices(), "eu-west-1").total


@pytest.mark.parametrize(
    ("untold", "reason"),
    [
        ({"instance": "?"}, "train: only the run knows its instance type"),
        ({"instances": 0, "max_runtime": 0}, "train: only the run knows its number of instances and its time limit"),
        ({"unbounded": "it runs once for each item of a Map"}, "train: it runs once for each item of a Map"),
    ],
)
def test_what_only_the_run_knows_is_unknown(untold: dict[str, Any], reason: str) -> None:
    found = estimate_cost([job(**untold)], prices(), "eu-west-1")
    assert (found.total, found.unknown) == (None, (reason,))


def test_currencies_do_not_add_up() -> None:
    found = estimate_cost([job(), job("ml.m5.xlarge", "processing")], prices(), "eu-west-1")
    assert (found.total, found.unknown) == (None, ("prices are in CNY and USD, which do not add up",))
