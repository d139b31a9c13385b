"""`prices list`: prices in force, those of the platform before those that ship with pushtrain."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pushtrain import cost

Types = Callable[..., tuple[int, str, str]]


def test_prices_in_force_are_listed_ones_own_before_those_that_ship(types: Types, table: Path) -> None:
    lines = types("list")[1].splitlines()
    assert lines[0].split() == ["KIND", "INSTANCE", "AN", "HOUR", "AS", "OF"]
    assert "training    ml.m5.xlarge    0.23 USD    2026-09-27" in lines
    types("use", table)
    code, out, _ = types("list", "--json")
    assert code == 0
    prices = {(row["kind"], row["instance"]): (row["hourly"], row["source"]) for row in json.loads(out)}
    assert prices["processing", "ml.m5.large"] == ("0.12 USD", "우리 계약")
    assert prices["training", "ml.m5.xlarge"] == ("0.25 USD", "우리 계약")
    assert prices["training", "ml.m5.large"][0] == "0.115 USD"


def test_a_region_without_prices_says_how_to_get_some(types: Types, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cost, "read_prices", lambda _: cost.Prices(tables=()))
    assert types("list")[1].startswith("no price is known in us-east-1: ")
