"""`prices use`: a table that is not one is refused, and nothing changes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

Types = Callable[..., tuple[int, str, str]]


@pytest.mark.parametrize("text", ["", "prices: 1", "prices: [{region: x}]", "\x00", "a: b"])
def test_a_table_that_is_none_is_refused_and_the_old_one_stays(types: Types, table: Path, text: str) -> None:
    types("use", table)
    before = types("list", "--json")
    table.write_text(text)
    code, out, err = types("use", table)
    assert (code, out) == (1, "")
    assert err.startswith(str(table))
    assert types("list", "--json") == before
    assert "model:" not in err


def test_a_refused_table_makes_no_store(types: Types, table: Path) -> None:
    table.write_text("")
    message = f"{table}  the file is empty. It needs at least `prices:`, a list\n"
    assert types("use", table) == (1, "", message)
    assert not (table.parent / "store").exists()


def test_prices_of_other_regions_are_warned_about(types: Types, table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """This computer counts by the prices of AWS_REGION, without it by those of us-east-1."""
    sheet = "{region: REGION, as_of: '2026-11-01', source: me, training: {ml.m5.large: 1 USD}}"
    table.write_text(f"prices: [{sheet.replace('REGION', 'eu-west-1')}, {sheet.replace('REGION', 'ap-northeast-2')}]")
    code, out, err = types("use", table)
    assert (code, out) == (0, f"2 prices of {table} are now the price table of this platform\n")
    assert err == (
        "warning: none is used, because costs are computed for us-east-1; they are of ap-northeast-2, eu-west-1\n"
    )
    monkeypatch.setenv("AWS_REGION", "ap-northeast-2")
    assert types("use", table) == (0, f"2 prices of {table} are now the price table of this platform\n", "")
    monkeypatch.delenv("AWS_REGION")
    table.write_text(f"prices: [{sheet.replace('REGION', 'us-east-1')}]")
    assert types("use", table) == (0, f"1 prices of {table} are now the price table of this platform\n", "")
