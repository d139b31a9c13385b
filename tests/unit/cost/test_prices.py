"""Price tables and their sources."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pushtrain.config import load_config
from pushtrain.cost import Prices, parse_prices, read_shipped_prices
from pushtrain.errors import ConfigError

ROOT = Path(__file__).parents[3]
REPOS = [file for folder in ("src/pushtrain/starters", "model_repos") for file in (ROOT / folder).glob("*/config.yaml")]

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
    used = {kind: {s.instance for s in steps.values() if s.kind.name == kind} for kind in ("training", "processing")}
    used["training"] |= named
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
