"""`cache list` for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from pushtrain import aws
from pushtrain.local.aws import up
from pushtrain.platform import Platform
from tests.embedded.reuse.indexed import ENDED, put_job

Types = Callable[..., tuple[int, str, str]]


def test_results_are_listed(tmp_path: Path, typed: Types) -> None:
    store = tmp_path / "store"
    options = ("--local", "--store", store)
    with up(store, Platform.local(), handlers={}):
        put_job(aws.client("s3"), "split", key="0" * 64)
        put_job(aws.client("s3"), "train", "3f2a8c0d1e4b-9c1d22", cache=100_000 * 24 * 3600)
    code, out, _ = typed("cache", "list", "churn", *options)
    head, train, split = (line.split() for line in out.splitlines())
    assert (code, head) == (0, ["STEP", "RUN", "KEY", "AGE", "SIZE", "STATUS"])
    assert (train[:2], train[-2:]) == (["train", "3f2a8c0d1e4b-9c1d22"], ["2300-09-12", "08:00"])
    assert (split[:3], split[-3:]) == (["split", "r1", "000000000000"], ["3", "B", "reusable"])
    documents = json.loads(typed("cache", "list", "churn", *options, "--json")[1])
    assert documents[1] == {
        "step": "split",
        "run": "r1",
        "job": "split-r1",
        "key": "0" * 64,
        "environment": "",
        "ended": ENDED,
        "expires": None,
        "bytes": 3,
        "status": "reusable",
    }


def test_a_model_without_results_says_why(tmp_path: Path, typed: Types) -> None:
    assert typed("cache", "list", "churn", "--local", "--store", tmp_path / "store")[:2] == (
        0,
        "churn has no result that could be reused: no run of a step with `cache` has succeeded yet\n",
    )
