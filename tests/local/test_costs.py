"""Prices, what a plan says of them, and limits, as people type them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pushtrain.cli import outcome, program

MakeRepo = Callable[..., Path]
Types = Callable[..., tuple[int, str, str]]

TABLE = """
prices:
  - region: us-east-1
    as_of: "2026-03-01"
    source: 우리 계약
    training: {ml.m5.xlarge: 0.25 USD}
    processing: {ml.m5.large: 0.12 USD}
"""


@pytest.fixture
def types(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Types:
    """Exit code, stdout and stderr of `pushtrain <words> --local`."""

    def types(*words: object) -> tuple[int, str, str]:
        said = [*map(str, words), "--local", "--store", str(tmp_path / "store")]
        code = outcome(lambda: program.main(said, standalone_mode=False))
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return types


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A price table with prices of all that `plain` uses."""
    path = tmp_path / "prices.yaml"
    path.write_text(TABLE, "utf-8")
    return path


def test_a_plan_knows_the_most_once_there_are_prices(make_repo: MakeRepo, types: Types, table: Path) -> None:
    repo = make_repo("plain")
    out = types("plan", repo)[1]
    assert "what a run costs at most is unknown:\n    no price is known of ml.m5.large for processing" in out
    assert not (table.parent / "store").exists()
    assert types("prices", "use", table) == (0, "2 prices are in force\n", "")
    out = types("plan", repo)[1]
    assert "costs at most 6.25 USD a run, by prices of 2026-03-01" in out
    found = json.loads(types("plan", repo, "--json")[1])["max_cost"]
    assert (found["amount"], found["currency"], found["as_of"]) == ("6.25", "USD", "2026-03-01")
    assert [(line["step"], line["seconds"], line["amount"]) for line in found["lines"]] == [
        ("preprocess", 3600, "0.12"),
        ("train", 86520, "6.01"),
        ("evaluate", 3600, "0.12"),
    ]
    assert {line["source"] for line in found["lines"]} == {"우리 계약"}


def test_prices_in_force_are_listed(types: Types, table: Path) -> None:
    assert types("prices", "list")[1].startswith("no price is known in us-east-1: ")
    types("prices", "use", table)
    code, out, _ = types("prices", "list", "--json")
    assert code == 0
    assert [(row["kind"], row["instance"], row["hourly"]) for row in json.loads(out)] == [
        ("processing", "ml.m5.large", "0.12 USD"),
        ("training", "ml.m5.xlarge", "0.25 USD"),
    ]


@pytest.mark.parametrize("text", ["", "prices: 1", "prices: [{region: x}]", "\x00", "a: b"])
def test_a_table_that_is_none_is_refused_and_the_old_one_stays(types: Types, table: Path, text: str) -> None:
    types("prices", "use", table)
    table.write_text(text)
    code, out, err = types("prices", "use", table)
    assert (code, out) == (1, "")
    assert err.startswith(str(table))
    assert len(json.loads(types("prices", "list", "--json")[1])) == 2
