"""What a run can cost at most, exactly."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pushtrain.config import load_config
from pushtrain.cost import PlannedJob, Prices, estimate_cost, parse_prices, read_shipped_prices
from pushtrain.errors import ConfigError

ROOT = Path(__file__).parents[3]
REPOS = [file for place in ("src/pushtrain/starters", "model_repos") for file in (ROOT / place).glob("*/config.yaml")]

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


def test_it_is_never_said_to_be_less_than_it_is() -> None:
    found = estimate_cost([job("ml.m5.large", "processing", max_runtime=1)], prices(), "eu-west-1")
    assert str(found.total) == "0.01 USD"


def test_one_unknown_price_makes_the_total_unknown_and_nothing_is_taken_from_elsewhere() -> None:
    document = estimate_cost([job(), job("ml.g5.2xlarge")], prices(), "eu-west-1").to_document()
    assert document["amount"] is document["currency"] is None
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


def test_the_newest_price_counts_and_a_table_laid_over_another_wins() -> None:
    own = prices('prices: [{region: eu-west-1, as_of: "2020-01-01", source: me, training: {ml.m5.xlarge: 9 USD}}]')
    newest, mine = (
        each.find_price("eu-west-1", "training", "ml.m5.xlarge") for each in (prices(), own.with_fallback(prices()))
    )
    assert newest is not None
    assert mine is not None
    assert (str(newest.hourly), newest.source, str(mine.hourly)) == ("0.1 USD", "a newer page", "9 USD")
    assert own.with_fallback(prices()).find_price("eu-west-1", "training", "ml.g5.xlarge")


def test_nothing_ships_without_the_page_it_comes_from() -> None:
    sheets = list(read_shipped_prices().list_sheets())
    assert sheets
    assert all(sheet.source.startswith("https://") for sheet in sheets)


@pytest.mark.parametrize("file", REPOS, ids=lambda file: file.parent.name)
def test_every_machine_of_our_starters_and_examples_has_a_price(file: Path) -> None:
    steps = load_config(file.read_bytes()).config.steps
    named = set(re.findall(r"ml\.\w+\.\w+", file.read_text("utf-8")))  # by an environment's overlay too
    used = {"training": named | {steps["train"].instance}, "processing": {steps["preprocess"].instance}}
    assert [
        name for kind in used for name in used[kind] if not read_shipped_prices().find_price("us-east-1", kind, name)
    ] == []


def test_problems_of_a_table_are_told_with_their_lines() -> None:
    text = """
prices:
  - region: eu-west-1
    as_of: "2026-2-1"
    source: a page
    trainin: {}
    training: {ml.g5.xlrge: 1 USD, ml.g5.xlarge: 1.5}
"""
    with pytest.raises(ConfigError) as raised:
        prices(text)
    assert str(raised.value).splitlines() == [
        "prices.yaml:4  prices[0].as_of: '2026-2-1' is not a date such as '2026-01-31'",
        "prices.yaml:7  prices[0].training.'ml.g5.xlrge': 'ml.g5.xlrge' is not a SageMaker training instance. "
        "Did you mean 'ml.g5.xlarge'?",
        "prices.yaml:7  prices[0].training.'ml.g5.xlarge': 1.5 is not an amount of money. "
        "Write the amount and its currency, such as 50 USD",
        "prices.yaml:6  prices[0].trainin: unknown key. Did you mean 'training'?",
    ]
