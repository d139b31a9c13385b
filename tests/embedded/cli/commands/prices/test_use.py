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
