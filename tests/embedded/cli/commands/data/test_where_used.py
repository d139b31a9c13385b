"""`data where-used`, and the options of `runs list` that ask the same: on a whole run."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pushtrain.local.run import run
from tests.embedded.conftest import MakeRepo

Types = Callable[..., tuple[int, str, str]]
pytestmark = pytest.mark.slow


def test_a_run_is_found_by_what_models_show_prints(
    make_repo: MakeRepo, tmp_path: Path, typed: Types, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = tmp_path / "store"
    finished = run(make_repo(), store=store)
    options = ("--local", "--store", store)
    shown = json.loads(typed("models", "show", "plain", 1, "--json", *options)[1])["origin"]
    assert [step["name"] for step in shown["steps"]] == ["preprocess", "train", "evaluate"]
    assert all(step["packages"] for step in shown["steps"])
    version, uri = shown["data"]["numbers"]["version"], shown["data"]["numbers"]["uri"]
    for text in (version, version[:8], uri, f"{uri}numbers.txt", "s3://pushtrain-code/"):
        [use] = json.loads(typed("data", "where-used", text, "--json", *options)[1])
        assert (use["model"], use["run"], use["model_version"], use["outcome"]) == (
            "plain",
            finished.run,
            1,
            "registered",
        )
    monkeypatch.setenv("COLUMNS", "200")  # else the columns are in two tables
    table = typed("data", "where-used", uri, *options)[1].splitlines()
    assert table[0].split() == ["MODEL", "RUN", "OUTCOME", "STARTED", "DATA", "VERSION"]
    assert table[1].split()[:4] == ["plain", finished.run, "registered", "1"]
    assert typed("data", "where-used", "00000000", *options)[:2] == (0, "no run used 00000000\n")
    assert finished.run in typed("runs", "list", "--data-version", version[:8], *options)[1]
    assert finished.run in typed("runs", "list", "--image", shown["steps"][0]["image"], *options)[1]
    assert typed("runs", "list", "--data-version", "00000000", *options)[1].startswith("no such run")
    text = typed("runs", "show", finished.run, "--inputs", *options)[1]
    assert f"                version {version[:12]} · 1 object · " in text
    image = f"{shown['steps'][1]['image']} (imitated on this computer)"
    assert f"    train       image       {image}\n" in text
    code, _, err = typed("data", "where-used", "lake", *options)
    assert (code, err.splitlines()[-1].startswith("'lake' is neither an S3 address")) == (2, True)
