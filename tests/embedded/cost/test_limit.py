"""Prices, what a plan says of them, and limits, as people type them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pushtrain import aws
from pushtrain.cli import program, run_command
from pushtrain.launch.launch import launch
from pushtrain.launch.refusal import Refused
from pushtrain.launch.start import Launched
from pushtrain.layout import PRICE_TABLE
from pushtrain.local.aws import up
from pushtrain.model_repo.contents import read_model_repo
from pushtrain.platform import Platform
from pushtrain.pushes.upload import upload

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
    """Exit code, stdout and stderr of `pushtrain <words>` on this machine."""

    def types(*words: object) -> tuple[int, str, str]:
        local = [] if words[0] == "run" else ["--local"]
        said = [*map(str, words), *local, "--store", str(tmp_path / "store")]
        code = run_command(lambda: program.main(said, standalone_mode=False))
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return types


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A price table with prices of all that `plain` uses."""
    path = tmp_path / "prices.yaml"
    path.write_text(TABLE, "utf-8")
    return path


@pytest.mark.slow
def test_a_plan_knows_the_most_once_there_are_prices(make_repo: MakeRepo, types: Types, table: Path) -> None:
    repo = make_repo("plain")
    assert "costs at most 5.77 USD a run, by prices of 2026-09-27 in us-east-1" in types("plan", repo)[1]
    out = types("plan", unpriced(repo))[1]
    known = "what is known costs at most 5.65 USD a run, the rest is unknown:"
    assert f"{known}\n    no price is known of ml.c5.xlarge for processing" in out
    repo = make_repo("plain")
    assert not (table.parent / "store").exists()
    assert types("prices", "use", table) == (0, f"2 prices of {table} are now the price table of this platform\n", "")
    out = types("plan", repo)[1]
    assert "costs at most 6.25 USD a run, by prices of 2026-03-01 in us-east-1" in out
    found = json.loads(types("plan", repo, "--json")[1])["max_cost"]
    assert (found["amount"], found["currency"], found["as_of"]) == ("6.25", "USD", "2026-03-01")
    assert [(line["step"], line["seconds"], line["amount"]) for line in found["lines"]] == [
        ("preprocess", 3600, "0.12"),
        ("train", 86520, "6.01"),
        ("evaluate", 3600, "0.12"),
    ]
    assert {line["source"] for line in found["lines"]} == {"우리 계약"}


def unpriced(repo: Path) -> Path:
    config = repo / "config.yaml"
    text = config.read_text("utf-8").replace("\nevaluate:\n", "\nevaluate:\n  instance: ml.c5.xlarge\n")
    config.write_text(text, "utf-8")
    return repo


def limited(repo: Path, limit: str) -> Path:
    config = repo / "config.yaml"
    config.write_text(
        config.read_text("utf-8").partition("\nlimits:")[0] + f"\nlimits: {{max_cost: {limit}}}\n", "utf-8"
    )
    return repo


@pytest.mark.slow
def test_a_run_beyond_its_limit_starts_nothing_here_either(make_repo: MakeRepo, types: Types, table: Path) -> None:
    types("prices", "use", table)
    repo = limited(make_repo("plain"), "6.24 USD")
    code, out, err = types("run", repo, "--json")
    assert code == 1
    assert "limits.max_cost: a run can cost 6.25 USD, by prices of 2026-03-01, more than 6.24 USD. Lower max_run" in err
    assert json.loads(out)["jobs"] == []
    assert json.loads(types("runs", "list", "--json")[1]) == []
    code, out, _ = types("plan", repo)
    assert (code, "a push is refused: config.yaml:" in out) == (1, True)
    code, out, _ = types("plan", limited(repo, "6.25 USD"), "--json")
    assert (code, json.loads(out)["refused"]) == (0, None)


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        (
            "5 USD",
            "what a run can cost is unknown: no price is known of ml.c5.xlarge for processing in us-east-1. Give",
        ),
        ("5 EUR", "is in EUR, and the prices are in USD. Give it in USD"),
    ],
)
def test_what_cannot_be_compared_with_the_limit_is_beyond_it(
    make_repo: MakeRepo, types: Types, table: Path, limit: str, said: str
) -> None:
    types("prices", "use", table)
    repo = make_repo("plain") if "EUR" in limit else unpriced(make_repo("plain"))
    code, out, _ = types("plan", limited(repo, limit), "--json")
    assert code == 1
    assert f"limits.max_cost: {said}" in json.loads(out)["refused"]


def test_a_broken_table_in_the_bucket_refuses_pushes_that_need_it_by_its_lines(
    make_repo: MakeRepo, tmp_path: Path
) -> None:
    with up(tmp_path / "store", Platform.local(), handlers={}) as machine:
        place = machine.platform
        aws.client("s3").put_object(Bucket=place.artifact_bucket, Key=PRICE_TABLE, Body=b"prices:\n  - region: x\n")
        repo = make_repo("plain")
        free = launch(upload(read_model_repo(repo), "plain", place).push, place)
        bound = launch(upload(read_model_repo(limited(repo, "5 USD")), "plain", place).push, place)
    assert isinstance(free, Launched)
    assert isinstance(bound, Refused)
    assert "s3://pushtrain-artifacts/prices.yaml:2  prices[0].as_of: is required" in str(bound.problems[0])
