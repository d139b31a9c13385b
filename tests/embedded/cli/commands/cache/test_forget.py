"""`cache forget` shows first, and forgets with --yes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pushtrain import aws
from pushtrain.local.aws import up
from pushtrain.platform import Platform
from tests.embedded.reuse.indexed import put_job

Types = Callable[..., tuple[int, str, str]]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    with up(tmp_path / "store", Platform.local(), handlers={}):
        for step, run in (("train", "r1"), ("split", "r1"), ("train", "r2")):
            put_job(aws.client("s3"), step, run)
    return tmp_path / "store"


def test_results_are_shown_and_then_forgotten(store: Path, typed: Types) -> None:
    command = ("cache", "forget", "churn", "--step", "train", "--local", "--store", store)
    shown = "  train  r2  train-r2\n  train  r1  train-r1\n"
    assert typed(*command)[:2] == (0, f"{shown}would be forgotten: 2. Add --yes\n")
    assert typed(*command, "--yes")[:2] == (0, f"{shown}forgotten: 2\n")
    assert typed(*command, "--yes")[:2] == (0, "all of them are forgotten already\n")
    listed = json.loads(typed("cache", "list", "churn", "--local", "--store", store, "--json")[1])
    assert {job["job"]: job["status"] for job in listed} == {
        "train-r1": "forgotten",
        "train-r2": "forgotten",
        "split-r1": "reusable",
    }
    rest = typed("cache", "forget", "churn", "--all", "--yes", "--json", "--local", "--store", store)[1]
    assert json.loads(rest) == {
        "model": "churn",
        "forgotten": True,
        "results": [{"step": "split", "run": "r1", "job": "split-r1", "key": "key of split-r1"}],
    }


@pytest.mark.parametrize("options", [(), ("--all", "--run", "r1"), ("--all", "--step", "train")])
def test_what_to_forget_must_be_said(store: Path, typed: Types, options: tuple[str, ...]) -> None:
    code, _, err = typed("cache", "forget", "churn", *options, "--local", "--store", store)
    assert code != 0
    assert "say which results to forget: with --step and --run, or with --all" in err
