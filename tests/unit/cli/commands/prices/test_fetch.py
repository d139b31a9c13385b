"""`prices fetch`: the price table becomes a file, and the next command is printed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pushtrain.cli.commands.prices import fetch
from pushtrain.errors import UsageError

Types = Callable[..., tuple[int, str, str]]


def test_the_price_table_is_written_and_how_to_put_it_in_force(
    typed: Types, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch, "find_program", lambda: "pushtrain")
    monkeypatch.setattr("pushtrain.cost.aws_price_list.fetch_table", lambda region, today: f"prices of {region}\n")
    file = tmp_path / "prices.yaml"
    next_command = f"pushtrain prices use {file} --environment NAME (or --local)"
    hint = f"wrote {file}; put it in force with: {next_command}\n"
    assert typed("prices", "fetch", "--region", "eu-west-1", "-o", file) == (0, "", hint)
    assert file.read_text() == "prices of eu-west-1\n"


def test_a_region_without_prices_writes_no_file(typed: Types, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(region: str, today: str) -> str:
        raise UsageError(f"no prices in {region}")

    monkeypatch.setattr("pushtrain.cost.aws_price_list.fetch_table", fail)
    file = tmp_path / "prices.yaml"
    assert typed("prices", "fetch", "--region", "mars-1", "-o", file) == (2, "", "no prices in mars-1\n")
    assert not file.exists()
